namespace Tunduk.Evidence.Log;

/// <summary>The type of a value under a commitment. The number is hashed (proto/ENTRY-FORMAT.md §3).</summary>
public enum ValueType
{
    /// <summary>UTF-8 text as it stands in the message, not normalised.</summary>
    Text = 1,

    /// <summary>A number in the message's own spelling.</summary>
    Number = 2,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean = 3,

    /// <summary>Bytes (a decoded base64 field, a digest, a signature).</summary>
    Binary = 4,

    /// <summary>A node that has no value of its own: its existence is what is recorded.</summary>
    Structure = 5,

    /// <summary>A payload part: the value is all of its bytes.</summary>
    Part = 6,
}
