namespace Tunduk.Adapter.Agreements;

/// <summary>A key of a mapping with its value and the key's own place.</summary>
internal sealed record YamlMember(string Name, int Line, int Column, YamlNode Value);
