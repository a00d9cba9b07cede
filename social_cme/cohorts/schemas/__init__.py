"""The shape of what the API takes in and shows of cohorts."""
