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

    /// <summary>Somebody searched for this person, or placed a hold on them: the entry of the look is found by it, and its searched value erased with the person's.</summary>
    SearchedPin = Searched.Offset + Pin,
    SearchedTin = Searched.Offset + Tin,
    SearchedDocument = Searched.Offset + Document,
    SearchedPlate = Searched.Offset + Plate,
    SearchedUserId = Searched.Offset + UserId,
    SearchedBasis = Searched.Offset + Basis,
    SearchedMessageId = Searched.Offset + MessageId,
}
