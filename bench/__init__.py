"""Measurements that anyone can repeat after `make install-test`."""
