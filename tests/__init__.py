"""Tests of Social CME; they mirror the package."""
