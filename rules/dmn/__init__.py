"""Decision tables of the OMG's Decision Model and Notation (DMN): read, run, and exchanged with policies."""
