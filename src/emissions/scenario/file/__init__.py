"""The scenario file: its words, its checks, and the model it is read into."""
