namespace Tunduk.Xml;

/// <summary>Character data directly in an element.</summary>
internal static class XmlElementText
{
    public static bool IsOnlyText(XmlTape tape, int element)
    {
        int end = tape.Nodes[element].Next;
        for (int i = element + 1; i < end; i = tape.Nodes[i].Next)
        {
            if (tape.Nodes[i].Kind is XmlNodeKind.Element or XmlNodeKind.ProcessingInstruction)
            {
                return false;
            }
        }

        return true;
    }

    public static ReadOnlyMemory<byte> Read(XmlTape tape, int element)
    {
        int end = tape.Nodes[element].Next;
        int pieces = 0;
        int length = 0;
        int only = -1;
        bool needsDecoding = false;
        for (int i = element + 1; i < end; i = tape.Nodes[i].Next)
        {
            ref XmlNode node = ref tape.Nodes[i];
            if (node.Kind is XmlNodeKind.Text or XmlNodeKind.Cdata)
            {
                pieces++;
                only = i;
                length += node.InnerEnd - node.InnerStart;
                needsDecoding |= node.NeedsDecoding;
            }
        }

        if (pieces == 0)
        {
            return default;
        }

        if (pieces == 1 && !needsDecoding)
        {
            return tape.Source[tape.Nodes[only].InnerStart..tape.Nodes[only].InnerEnd];
        }

        byte[] joined = new byte[length];
        int written = 0;
        for (int i = element + 1; i < end; i = tape.Nodes[i].Next)
        {
            written += Decode(tape, ref tape.Nodes[i], joined.AsSpan(written));
        }

        return joined.AsMemory(0, written);
    }

    private static int Decode(XmlTape tape, ref XmlNode node, Span<byte> target)
    {
        if (node.Kind is not (XmlNodeKind.Text or XmlNodeKind.Cdata))
        {
            return 0;
        }

        ReadOnlySpan<byte> raw = tape.Source.Span[node.InnerStart..node.InnerEnd];
        return node.Kind == XmlNodeKind.Text
            ? XmlText.Decode(raw, isAttribute: false, target)
            : XmlText.DecodeLineEnds(raw, target);
    }
}
