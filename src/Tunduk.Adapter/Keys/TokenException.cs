using System.Security.Cryptography;

namespace Tunduk.Adapter.Keys;

/// <summary>A token that did not do what was asked of its key, with what is wrong in words.</summary>
internal sealed class TokenException(KeyFault fault) : CryptographicException($"{fault.CodeName}: {fault.Problem}")
{
    public KeyFault Fault { get; } = fault;
}
