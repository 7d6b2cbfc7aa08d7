namespace Tunduk.Xml;

/// <summary>What a node of the tape is.</summary>
internal enum XmlNodeKind : byte
{
    Element,
    Text,
    Cdata,
    Comment,
    ProcessingInstruction,
}
