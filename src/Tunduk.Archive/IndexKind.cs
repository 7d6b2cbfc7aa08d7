namespace Tunduk.Archive;

/// <summary>What a keyed index row stands for. The number goes into the keyed hash.</summary>
public enum IndexKind
{
    Pin = 1,
    Tin = 2,
    Document = 3,
    Plate = 4,
    UserId = 16,
    Basis = 17,
    MessageId = 18,

    /// <summary>Path of a field that was removed; an entry has one for each.</summary>
    Removed = 19,
}
