"""Token buckets."""

from app.core.values.buckets import TokenBucket, TokenBuckets, TokenResult


class TestBuckets:
    def test_fills_again_evenly(self):
        buckets = TokenBuckets(60, window=60)
        assert [buckets.take("a", 0).wait for _ in range(60)] == [0] * 60
        assert buckets.take("a", 0).wait == 1
        assert buckets.take("a", 1).wait == 0
        assert buckets.take("a", 1).wait == 1

    def test_never_holds_more_than_its_quota(self):
        buckets = TokenBuckets(2)
        buckets.take("a", 0)
        assert [buckets.take("a", 10_000).wait > 0 for _ in range(3)] == [False, False, True]

    def test_names_do_not_share(self):
        buckets = TokenBuckets(1)
        assert [buckets.take(name, 0).wait > 0 for name in ("a", "b", "a")] == [False, False, True]

    def test_memory_is_bounded(self):
        buckets = TokenBuckets(1, max_names=10)
        for number in range(1_000):
            buckets.take(str(number), 0)
        assert len(buckets) == 10
        assert buckets.take("999", 0).wait > 0


class TestBucket:
    def test_more_than_there_is_may_be_taken_and_is_owed(self):
        bucket = TokenBucket(60, 60, 0)
        assert bucket.take(0, 100) == TokenResult(left=0, wait=0)
        assert bucket.take(0) == TokenResult(left=0, wait=41)
        assert bucket.take(40).wait == 1
        assert bucket.take(41) == TokenResult(left=0, wait=0)
