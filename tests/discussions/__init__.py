"""Tests of threads, answers and what people do with them."""
