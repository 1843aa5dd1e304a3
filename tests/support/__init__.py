"""What tests need to run on real servers."""
