"""Is the contract itself sound? Findings of side contract."""
