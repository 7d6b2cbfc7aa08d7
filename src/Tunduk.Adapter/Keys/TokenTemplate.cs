using System.Runtime.InteropServices;

namespace Tunduk.Adapter.Keys;

/// <summary>Memory of the values in a template of attributes, freed together.</summary>
internal sealed class TokenTemplate : IDisposable
{
    private readonly List<nint> blocks = [];

    public TokenAttribute True(uint type) => Bytes(type, [1]);

    public TokenAttribute False(uint type) => Bytes(type, [0]);

    public TokenAttribute Number(uint type, nuint value) => Bytes(type, BitConverter.GetBytes((ulong)value));

    public TokenAttribute Bytes(uint type, byte[] value)
    {
        var block = Marshal.AllocHGlobal(Math.Max(value.Length, 1));
        Marshal.Copy(value, 0, block, value.Length);
        blocks.Add(block);
        return new TokenAttribute { Type = type, Value = block, Length = (nuint)value.Length };
    }

    public void Dispose() => blocks.ForEach(Marshal.FreeHGlobal);
}
