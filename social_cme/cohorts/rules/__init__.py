"""What holds for cohorts, as plain functions of values."""
