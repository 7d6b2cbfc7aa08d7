namespace Tunduk.Evidence.Signing;

/// <summary>What the allow-list says of an identifier found in a message.</summary>
public enum AlgorithmVerdict
{
    /// <summary>On the list.</summary>
    Allowed,

    /// <summary>Known, and too weak (MD5, SHA-1, DSA, HMAC).</summary>
    Weak,

    /// <summary>Not known.</summary>
    Unknown,
}
