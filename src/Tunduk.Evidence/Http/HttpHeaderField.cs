namespace Tunduk.Evidence.Http;

/// <summary>One field line of a message, as sent or received.</summary>
/// <param name="Name">Name, in any case.</param>
/// <param name="Value">Value.</param>
public readonly record struct HttpHeaderField(string Name, string Value);
