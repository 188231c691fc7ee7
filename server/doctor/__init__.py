"""What has to be in order where the hub runs, looked at one by one: `lianxi doctor` prints it."""
