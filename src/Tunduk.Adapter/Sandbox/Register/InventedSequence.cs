namespace Tunduk.Adapter.Sandbox.Register;

/// <summary>A fixed sequence of numbers (SplitMix64) for invented data: the same on every machine and every start. Not for secrets.</summary>
internal sealed class InventedSequence(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A number from 0 to <paramref name="below"/> - 1.</summary>
    public int Next(int below)
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15UL;
            ulong z = _state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            return (int)((z ^ (z >> 31)) % (ulong)below);
        }
    }

    public string Pick(string[] values) => values[Next(values.Length)];
}
