"""Tests of the parts of query plans; `tests.resolvers.test_plans_agree` holds the whole to the executor."""
