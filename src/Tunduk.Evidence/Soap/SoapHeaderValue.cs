namespace Tunduk.Evidence.Soap;

/// <summary>An X-Road header as the application read it; the caller decides names and spelling, both sides alike.</summary>
/// <param name="Name">Name, for example <c>client</c>; once in a message.</param>
/// <param name="Value">Value, for example <c>SUBSYSTEM:sandbox/COM/60009001/loans</c>.</param>
public readonly record struct SoapHeaderValue(string Name, string Value);
