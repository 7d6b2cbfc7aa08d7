using System.Buffers;
using System.Runtime.InteropServices;
using Tunduk.Xml;

namespace Tunduk.Evidence.Canonicalization;

// Over 300 lines: one walk whose steps share the namespace stack.

/// <summary>One walk over a subtree: which namespaces each start tag shows, and everything in canonical order.</summary>
[StructLayout(LayoutKind.Auto)]
internal ref struct CanonicalWalk
{
    private readonly XmlTape tape;
    private readonly int apex;
    private readonly ReadOnlySpan<byte> source;
    private readonly ReadOnlySpan<XmlNode> nodes;
    private readonly ReadOnlySpan<XmlAttributeEntry> attributes;
    private readonly ReadOnlySpan<byte[]> inclusive;
    private readonly ApexAttribute added;
    private CanonicalWriter writer;
    private Rendered[] rendered;
    private int renderedCount;
    private OpenElement[] open;
    private int openCount;
    private int[] order;

    public CanonicalWalk(XmlElement apex, IBufferWriter<byte> output, ReadOnlySpan<byte[]> inclusive, ApexAttribute added)
    {
        tape = apex.Tape;
        this.apex = apex.Index;
        this.inclusive = inclusive;
        this.added = added;
        source = tape.Source.Span;
        nodes = tape.Nodes.AsSpan(0, tape.NodeCount);
        attributes = tape.AttributeEntries.AsSpan(0, tape.AttributeCount);
        writer = new CanonicalWriter(output);
        rendered = ArrayPool<Rendered>.Shared.Rent(32);
        open = ArrayPool<OpenElement>.Shared.Rent(32);
        order = ArrayPool<int>.Shared.Rent(64);
    }

    public readonly void Release()
    {
        ArrayPool<Rendered>.Shared.Return(rendered);
        ArrayPool<OpenElement>.Shared.Return(open);
        ArrayPool<int>.Shared.Return(order);
    }

    public void Run()
    {
        int end = nodes[apex].Next;
        int i = apex;
        while (true)
        {
            while (openCount > 0 && nodes[open[openCount - 1].Node].Next <= i)
            {
                Close();
            }

            if (i >= end)
            {
                break;
            }

            ref readonly XmlNode node = ref nodes[i];
            switch (node.Kind)
            {
                case XmlNodeKind.Element:
                    Open(i);
                    break;
                case XmlNodeKind.Text when !node.NeedsDecoding && !source[node.InnerStart..node.InnerEnd].Contains((byte)'>'):
                    writer.Bytes(source[node.InnerStart..node.InnerEnd]);
                    break;
                case XmlNodeKind.Text or XmlNodeKind.Cdata:
                    writer.Text(source[node.InnerStart..node.InnerEnd], node.Kind == XmlNodeKind.Cdata);
                    break;
                case XmlNodeKind.ProcessingInstruction:
                    Instruction(in node);
                    break;
            }

            i++;
        }

        writer.Flush();
    }

    private void Instruction(ref readonly XmlNode node)
    {
        writer.Bytes("<?"u8);
        writer.Bytes(source.Slice(node.NameStart, node.NameLength));
        if (node.InnerEnd > node.InnerStart)
        {
            writer.Byte((byte)' ');
            writer.InstructionData(source[node.InnerStart..node.InnerEnd]);
        }

        writer.Bytes("?>"u8);
    }

    private void Open(int index)
    {
        ref readonly XmlNode node = ref nodes[index];
        if (openCount == open.Length)
        {
            Grow(ref open, openCount);
        }

        int before = renderedCount;
        open[openCount++] = new OpenElement(index, before);
        writer.Byte((byte)'<');
        writer.Bytes(source.Slice(node.NameStart, node.NameLength));

        // Exclusive C14N §3: visibly utilised prefixes, then those of the PrefixList.
        Require(node.NameStart, node.PrefixLength, node.Namespace, before);
        ReadOnlySpan<XmlAttributeEntry> own = attributes.Slice(node.FirstAttribute, node.AttributeCount);
        if (!own.IsEmpty)
        {
            foreach (ref readonly XmlAttributeEntry attribute in own)
            {
                if (!attribute.IsDeclaration && attribute.PrefixLength > 0)
                {
                    Require(attribute.NameStart, attribute.PrefixLength, attribute.Namespace, before);
                }
            }
        }

        if (!inclusive.IsEmpty)
        {
            RequireInclusive(index, own, before);
        }

        bool adds = index == apex && !added.IsEmpty;
        if (renderedCount > before || adds)
        {
            WriteNamespaces(before, adds);
        }

        if (!own.IsEmpty || adds)
        {
            WriteAttributes(own, adds);
        }

        writer.Byte((byte)'>');
    }

    private void Close()
    {
        OpenElement closed = open[--openCount];
        ref readonly XmlNode node = ref nodes[closed.Node];
        writer.Bytes("</"u8);
        writer.Bytes(source.Slice(node.NameStart, node.NameLength));
        writer.Byte((byte)'>');
        renderedCount = closed.RenderedBefore;
    }

    private void RequireInclusive(int index, ReadOnlySpan<XmlAttributeEntry> own, int before)
    {
        foreach (byte[] prefix in inclusive)
        {
            if (index == apex)
            {
                (int start, int length, int found) = FindDeclaration(prefix);
                if (found >= 0)
                {
                    Require(start, length, found, before);
                }

                continue;
            }

            foreach (ref readonly XmlAttributeEntry attribute in own)
            {
                if (attribute.IsDeclaration)
                {
                    (int start, int length) = attribute.DeclaredPrefix;
                    if (source.Slice(start, length).SequenceEqual(prefix))
                    {
                        Require(start, length, attribute.Namespace, before);
                    }
                }
            }
        }
    }

    private readonly (int Start, int Length, int Namespace) FindDeclaration(ReadOnlySpan<byte> prefix)
    {
        for (int i = apex; i >= 0; i = nodes[i].Parent)
        {
            foreach (ref readonly XmlAttributeEntry attribute in attributes.Slice(nodes[i].FirstAttribute, nodes[i].AttributeCount))
            {
                if (attribute.IsDeclaration)
                {
                    (int start, int length) = attribute.DeclaredPrefix;
                    if (source.Slice(start, length).SequenceEqual(prefix))
                    {
                        return (start, length, attribute.Namespace);
                    }
                }
            }
        }

        return (0, 0, -1);
    }

    /// <summary>Shows a declaration here unless an ancestor in the output already shows the same one.</summary>
    private void Require(int prefixStart, int prefixLength, int space, int before)
    {
        if (space == XmlTape.XmlNamespace)
        {
            return;
        }

        ReadOnlySpan<byte> prefix = source.Slice(prefixStart, prefixLength);
        for (int i = renderedCount - 1; i >= 0; i--)
        {
            ref Rendered shown = ref rendered[i];
            if (shown.PrefixLength == prefixLength && source.Slice(shown.PrefixStart, prefixLength).SequenceEqual(prefix))
            {
                if (shown.Namespace == space || i >= before)
                {
                    return;
                }

                Push(new Rendered(prefixStart, prefixLength, space));
                return;
            }
        }

        // No ancestor shows a default namespace: an empty one needs no declaration.
        if (space != XmlTape.NoNamespace)
        {
            Push(new Rendered(prefixStart, prefixLength, space));
        }
    }

    private void Push(Rendered shown)
    {
        if (renderedCount == rendered.Length)
        {
            Grow(ref rendered, renderedCount);
        }

        rendered[renderedCount++] = shown;
    }

    private void WriteNamespaces(int before, bool adds)
    {
        // Insertion sort by prefix: one or two entries nearly always.
        Span<Rendered> shown = rendered.AsSpan(before, renderedCount - before);
        for (int i = 1; i < shown.Length; i++)
        {
            for (int j = i; j > 0 && Prefix(in shown[j]).SequenceCompareTo(Prefix(in shown[j - 1])) < 0; j--)
            {
                (shown[j], shown[j - 1]) = (shown[j - 1], shown[j]);
            }
        }

        foreach (ref Rendered entry in shown)
        {
            if (adds && added.Prefix.SequenceCompareTo(Prefix(in entry)) < 0)
            {
                WriteNamespace(added.Prefix, added.Namespace);
                adds = false;
            }

            WriteNamespace(Prefix(in entry), tape.NamespaceBytes(entry.Namespace));
        }

        if (adds)
        {
            WriteNamespace(added.Prefix, added.Namespace);
        }
    }

    private void WriteNamespace(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> name)
    {
        writer.Bytes(" xmlns"u8);
        if (prefix.Length > 0)
        {
            writer.Byte((byte)':');
            writer.Bytes(prefix);
        }

        writer.Bytes("=\""u8);
        writer.DecodedAttribute(name);
        writer.Byte((byte)'"');
    }

    private readonly ReadOnlySpan<byte> Prefix(in Rendered entry) => source.Slice(entry.PrefixStart, entry.PrefixLength);

    private void WriteAttributes(ReadOnlySpan<XmlAttributeEntry> own, bool adds)
    {
        if (order.Length < own.Length)
        {
            ArrayPool<int>.Shared.Return(order);
            order = ArrayPool<int>.Shared.Rent(own.Length);
        }

        int count = 0;
        for (int i = 0; i < own.Length; i++)
        {
            if (own[i].IsDeclaration)
            {
                continue;
            }

            int at = count++;
            for (; at > 0 && Compare(in own[i], in own[order[at - 1]]) < 0; at--)
            {
                order[at] = order[at - 1];
            }

            order[at] = i;
        }

        for (int i = 0; i < count; i++)
        {
            ref readonly XmlAttributeEntry attribute = ref own[order[i]];
            if (adds && IsAddedBefore(in attribute))
            {
                WriteAdded();
                adds = false;
            }

            writer.Byte((byte)' ');
            writer.Bytes(source.Slice(attribute.NameStart, attribute.NameLength));
            writer.Bytes("=\""u8);
            writer.Attribute(source[attribute.ValueStart..attribute.ValueEnd]);
            writer.Byte((byte)'"');
        }

        if (adds)
        {
            WriteAdded();
        }
    }

    private void WriteAdded()
    {
        writer.Byte((byte)' ');
        writer.Bytes(added.Prefix);
        writer.Byte((byte)':');
        writer.Bytes(added.Local);
        writer.Bytes("=\""u8);
        writer.DecodedAttribute(added.Value);
        writer.Byte((byte)'"');
    }

    private readonly bool IsAddedBefore(ref readonly XmlAttributeEntry attribute)
    {
        int compared = added.Namespace.SequenceCompareTo(tape.NamespaceBytes(attribute.Namespace));
        return compared < 0 || (compared == 0 && added.Local.SequenceCompareTo(source.Slice(attribute.LocalStart, attribute.LocalLength)) < 0);
    }

    /// <summary>xml-c14n §2.2: by namespace name, then local name.</summary>
    private readonly int Compare(ref readonly XmlAttributeEntry left, ref readonly XmlAttributeEntry right)
    {
        if (left.Namespace != right.Namespace)
        {
            return tape.NamespaceBytes(left.Namespace).SequenceCompareTo(tape.NamespaceBytes(right.Namespace));
        }

        return source.Slice(left.LocalStart, left.LocalLength).SequenceCompareTo(source.Slice(right.LocalStart, right.LocalLength));
    }

    private static void Grow<T>(ref T[] array, int used)
    {
        T[] larger = ArrayPool<T>.Shared.Rent(array.Length * 2);
        array.AsSpan(0, used).CopyTo(larger);
        ArrayPool<T>.Shared.Return(array);
        array = larger;
    }

    private readonly record struct Rendered(int PrefixStart, int PrefixLength, int Namespace);

    private readonly record struct OpenElement(int Node, int RenderedBefore);
}
