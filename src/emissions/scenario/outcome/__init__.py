"""What scenarios give: projections, comparisons, contributions, draws, solutions."""
