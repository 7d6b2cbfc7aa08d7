namespace Tunduk.Benchmarks.Exchange;

/// <summary>The bytes of one adapter's two hops: what it takes and answers, and what it sends on and is answered.</summary>
internal sealed record HopSizes(int Takes, int Answers, int Sends, int IsAnswered);
