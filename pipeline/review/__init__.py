"""The review desk: people decide what the model doubts.

Pure: `agreement`, `priority`, `transitions`, `marking`. Database: `tables`, `database` and the modules named
    after what they keep.
Web: `web/`. Settings of its own: `desk_settings` reads configs/review.yaml.
"""
