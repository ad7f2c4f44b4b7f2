from loaders.prepare_kernels import main
from loaders.vcf_kernels import parse_records


def test_the_kernels_are_there_afterwards() -> None:
    main()
    main()
    assert callable(parse_records)
