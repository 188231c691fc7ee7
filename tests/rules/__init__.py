"""Tests of deciding: from facts to a verdict, its reasons and its unit."""
