namespace Tunduk.Evidence.Log;

/// <summary>How a key change stands.</summary>
public enum KeyChangeVerdict
{
    /// <summary>The key before does not say so: the new key has to be trusted by itself.</summary>
    Unsigned,

    /// <summary>The key before signed it, and the new one accepted.</summary>
    Signed,

    /// <summary>A signature it carries does not hold.</summary>
    Wrong,
}
