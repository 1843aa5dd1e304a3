"""For whoever works on the portal: measured and generated here, not part of what is installed."""
