namespace Tunduk.Archive;

/// <summary>
/// A name that one entry takes with its append, in the same transaction: two appends with the same exclusive claim never
/// both succeed. Only a keyed hash of the name is stored.
/// </summary>
/// <param name="Kind">Separates name spaces, e.g. <c>message-id</c>, <c>replay</c>.</param>
/// <param name="Name">The name's parts, e.g. client and message id.</param>
/// <param name="Until">When the claim lapses; null: never. Nothing is evicted before.</param>
/// <param name="Exclusive">True: a second claim is refused. False: it is appended and the result says that the name was taken before; the name stays with a request that has no end yet
/// or whose outcome is unknown, and otherwise goes to the new entry.</param>
public sealed record Claim(string Kind, IReadOnlyList<string> Name, DateTimeOffset? Until, bool Exclusive)
{
    public override string ToString() => Kind; // never the name
}
