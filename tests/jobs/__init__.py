"""Tests of jobs and mail."""
