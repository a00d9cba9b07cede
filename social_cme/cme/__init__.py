"""Participation: what each person did, measured honestly, as the ground on which credit will stand."""
