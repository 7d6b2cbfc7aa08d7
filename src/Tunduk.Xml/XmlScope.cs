namespace Tunduk.Xml;

/// <summary>Namespace declarations in scope, found by walking up.</summary>
internal static class XmlScope
{
    /// <summary>Index of the namespace bound to <paramref name="prefix"/> at an element, or -1.</summary>
    public static int Find(XmlTape tape, int element, ReadOnlySpan<byte> prefix)
    {
        ReadOnlySpan<byte> source = tape.Source.Span;
        for (int i = element; i >= 0; i = tape.Nodes[i].Parent)
        {
            ref XmlNode node = ref tape.Nodes[i];
            foreach (ref XmlAttributeEntry entry in tape.AttributeEntries.AsSpan(node.FirstAttribute, node.AttributeCount))
            {
                if (entry.IsDeclaration)
                {
                    (int start, int length) = entry.DeclaredPrefix;
                    if (source.Slice(start, length).SequenceEqual(prefix))
                    {
                        return entry.Namespace;
                    }
                }
            }
        }

        return prefix.SequenceEqual("xml"u8) ? XmlTape.XmlNamespace : -1;
    }
}
