namespace Tunduk.Evidence.Log;

/// <summary>In which way a value was there. The number is hashed.</summary>
public enum ValuePresence
{
    /// <summary>There, with the value that is kept (it may be empty).</summary>
    Present = 1,

    /// <summary>Nil in XML, null in JSON.</summary>
    Null = 2,

    /// <summary>It was there and was removed: the name is kept, the value is not.</summary>
    Removed = 3,
}
