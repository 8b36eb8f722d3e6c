"""Every feature defined once: portable SQL per family beside a typed registry."""
