"""`python -m bench.graphql`."""

import sys

from bench.graphql.command import main

sys.exit(main())
