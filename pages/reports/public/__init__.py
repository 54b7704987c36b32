"""The pack for the public: audited figures, remembered so that a later pack cannot give them away."""
