"""What the tables of a case are: names, columns, meanings, units."""
