"""What tests share: real data, proof volumes, homes with published datasets."""
