using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Unicode;

namespace Tunduk.Xml;

/// <summary>Fills a tape. One pass over the structure, after vectorised passes that settle encoding and characters.</summary>
/// <remarks>Longer than 300 lines: one state machine, whose parts share every field.</remarks>
[StructLayout(LayoutKind.Auto)]
internal ref struct XmlTapeParser
{
    private readonly XmlTape tape;
    private readonly XmlLimits limits;
    private readonly ReadOnlySpan<byte> source;
    private readonly int maxNameBytes;
    private int position;
    private int current;
    private int depth;
    private Binding[] scope;
    private int scopeCount;

    public XmlTapeParser(XmlTape tape, XmlLimits limits)
    {
        this.tape = tape;
        this.limits = limits;
        source = tape.Source.Span;
        maxNameBytes = Math.Min(limits.MaxNameBytes, ushort.MaxValue);
        current = -1;
        scope = [];
    }

    public int FaultOffset { get; private set; }

    public XmlFaultCode Parse()
    {
        XmlFaultCode code = CheckBytes();
        if (code != XmlFaultCode.None)
        {
            return code;
        }

        // One node for about 24 bytes, one attribute for about 64: grown when a document is denser.
        tape.Nodes = ArrayPool<XmlNode>.Shared.Rent(Math.Max(16, source.Length / 24));
        tape.AttributeEntries = ArrayPool<XmlAttributeEntry>.Shared.Rent(Math.Max(16, source.Length / 64));
        tape.Namespaces = ArrayPool<XmlNamespaceEntry>.Shared.Rent(16);
        tape.Namespaces[XmlTape.NoNamespace] = new XmlNamespaceEntry { Decoded = [], Text = "" };
        tape.Namespaces[XmlTape.XmlNamespace] = new XmlNamespaceEntry { Decoded = XmlNamespaces.Xml };
        tape.Namespaces[XmlTape.XmlnsNamespace] = new XmlNamespaceEntry { Decoded = XmlNamespaces.Xmlns };
        tape.NamespaceCount = 3;
        scope = ArrayPool<Binding>.Shared.Rent(16);
        try
        {
            code = ParseDeclaration();
            return code != XmlFaultCode.None ? code : ParseContent();
        }
        finally
        {
            ArrayPool<Binding>.Shared.Return(scope);
            scope = [];
        }
    }

    private XmlFaultCode CheckBytes()
    {
        if (source.Length > limits.MaxBytes)
        {
            return Fault(XmlFaultCode.TooManyBytes, 0);
        }

        if (!Utf8.IsValid(source))
        {
            return Fault(XmlFaultCode.NotUtf8, FirstInvalidByte());
        }

        int control = source.IndexOfAny(XmlChars.ForbiddenControls);
        if (control >= 0)
        {
            return Fault(XmlFaultCode.ForbiddenCharacter, control);
        }

        int nonCharacter = source.IndexOf("\uFFFE"u8);
        nonCharacter = nonCharacter >= 0 ? nonCharacter : source.IndexOf("\uFFFF"u8);
        if (nonCharacter >= 0)
        {
            return Fault(XmlFaultCode.ForbiddenCharacter, nonCharacter);
        }

        if (source.StartsWith(XmlChars.ByteOrderMark))
        {
            tape.ByteOrderMarkLength = XmlChars.ByteOrderMark.Length;
            position = XmlChars.ByteOrderMark.Length;
        }

        return XmlFaultCode.None;
    }

    private readonly int FirstInvalidByte()
    {
        int offset = 0;
        while (offset < source.Length
            && System.Text.Rune.DecodeFromUtf8(source[offset..], out _, out int length) == OperationStatus.Done)
        {
            offset += length;
        }

        return offset;
    }

    private XmlFaultCode ParseDeclaration()
    {
        ReadOnlySpan<byte> rest = source[position..];
        if (!rest.StartsWith("<?xml"u8) || rest.Length < 6 || !XmlChars.IsWhiteSpace(rest[5]))
        {
            return XmlFaultCode.None;
        }

        int start = position;
        int end = rest.IndexOf("?>"u8);
        if (end < 0)
        {
            return Fault(XmlFaultCode.MalformedDeclaration, start);
        }

        XmlFaultCode code = XmlDeclaration.Check(rest[5..end]);
        if (code != XmlFaultCode.None)
        {
            return Fault(code, start);
        }

        position += end + 2;
        return XmlFaultCode.None;
    }

    private XmlFaultCode ParseContent()
    {
        while (true)
        {
            int length = source[position..].IndexOf((byte)'<');
            int end = length < 0 ? source.Length : position + length;
            if (end > position)
            {
                XmlFaultCode text = AddText(end);
                if (text != XmlFaultCode.None)
                {
                    return text;
                }
            }

            if (length < 0)
            {
                break;
            }

            XmlFaultCode code = (end + 1 < source.Length ? source[end + 1] : 0) switch
            {
                '/' => EndElement(),
                '!' => ParseBang(),
                '?' => ParseInstruction(),
                _ => StartElement(),
            };
            if (code != XmlFaultCode.None)
            {
                return code;
            }
        }

        if (current >= 0)
        {
            return Fault(XmlFaultCode.UnclosedElement, tape.Nodes[current].Start);
        }

        return tape.RootIndex < 0 ? Fault(XmlFaultCode.NoRoot, source.Length) : XmlFaultCode.None;
    }

    private XmlFaultCode AddText(int end)
    {
        ReadOnlySpan<byte> text = source[position..end];
        if (depth == 0)
        {
            int other = text.IndexOfAnyExcept(" \t\r\n"u8);
            if (other >= 0)
            {
                return Fault(XmlFaultCode.ContentOutsideRoot, position + other);
            }

            position = end;
            return XmlFaultCode.None;
        }

        bool needsDecoding = false;
        int special = text.IndexOfAny((byte)'&', (byte)'\r', (byte)']');
        if (special >= 0)
        {
            XmlFaultCode code = CheckText(text, special, out needsDecoding);
            if (code != XmlFaultCode.None)
            {
                return code;
            }
        }

        XmlFaultCode added = AddNode(XmlNodeKind.Text, position, end, position, end, out int index);
        tape.Nodes[index].NeedsDecoding = needsDecoding;
        position = end;
        return added;
    }

    private XmlFaultCode CheckText(ReadOnlySpan<byte> text, int from, out bool needsDecoding)
    {
        needsDecoding = text[from..].IndexOfAny((byte)'&', (byte)'\r') >= 0;
        int close = text.IndexOf("]]>"u8);
        return close >= 0
            ? Fault(XmlFaultCode.CdataEndInText, position + close)
            : needsDecoding ? CheckReferences(text, position) : XmlFaultCode.None;
    }

    private XmlFaultCode CheckReferences(ReadOnlySpan<byte> text, int offset)
    {
        int i = 0;
        while (true)
        {
            int next = text[i..].IndexOf((byte)'&');
            if (next < 0)
            {
                return XmlFaultCode.None;
            }

            i += next;
            int length = XmlText.ReadReference(text[i..], out _);
            if (length <= 0)
            {
                return Fault((XmlFaultCode)(-length), offset + i);
            }

            i += length;
        }
    }

    private XmlFaultCode ParseBang()
    {
        ReadOnlySpan<byte> rest = source[position..];
        if (rest.StartsWith("<!--"u8))
        {
            int end = rest[4..].IndexOf("--"u8);
            if (end < 0 || end + 6 >= rest.Length || rest[end + 6] != '>')
            {
                return Fault(XmlFaultCode.MalformedMarkup, position);
            }

            tape.CommentCount++;
            return AddMarkup(XmlNodeKind.Comment, 4, 4 + end, end + 7, out _);
        }

        if (rest.StartsWith("<![CDATA["u8) && depth > 0)
        {
            int end = rest[9..].IndexOf("]]>"u8);
            if (end < 0)
            {
                return Fault(XmlFaultCode.MalformedMarkup, position);
            }

            bool needsDecoding = rest.Slice(9, end).Contains((byte)'\r');
            XmlFaultCode code = AddMarkup(XmlNodeKind.Cdata, 9, 9 + end, end + 12, out int index);
            tape.Nodes[index].NeedsDecoding = needsDecoding;
            return code;
        }

        if (rest.StartsWith("<!DOCTYPE"u8))
        {
            return Fault(XmlFaultCode.DoctypeForbidden, position);
        }

        return Fault(XmlFaultCode.MalformedMarkup, position);
    }

    private XmlFaultCode ParseInstruction()
    {
        ReadOnlySpan<byte> rest = source[position..];
        int nameLength = XmlChars.NcNameLength(rest[2..]);
        int end = rest.IndexOf("?>"u8);
        int afterName = 2 + nameLength;
        if (nameLength == 0 || end < afterName || (end > afterName && !XmlChars.IsWhiteSpace(rest[afterName])))
        {
            return Fault(XmlFaultCode.MalformedMarkup, position);
        }

        if (nameLength > maxNameBytes)
        {
            return Fault(XmlFaultCode.NameTooLong, position);
        }

        ReadOnlySpan<byte> target = rest.Slice(2, nameLength);
        if (target.Length == 3 && (target[0] | 0x20) == 'x' && (target[1] | 0x20) == 'm' && (target[2] | 0x20) == 'l')
        {
            return Fault(XmlFaultCode.MalformedDeclaration, position);
        }

        int data = afterName;
        while (data < end && XmlChars.IsWhiteSpace(rest[data]))
        {
            data++;
        }

        bool needsDecoding = rest[data..end].Contains((byte)'\r');
        tape.ProcessingInstructionCount++;
        int nameStart = position + 2;
        XmlFaultCode code = AddMarkup(XmlNodeKind.ProcessingInstruction, data, end, end + 2, out int index);
        ref XmlNode node = ref tape.Nodes[index];
        node.NameStart = nameStart;
        node.NameLength = (ushort)nameLength;
        node.NeedsDecoding = needsDecoding;
        return code;
    }

    private XmlFaultCode AddMarkup(XmlNodeKind kind, int innerStart, int innerEnd, int length, out int index)
    {
        XmlFaultCode code = AddNode(kind, position, position + length, position + innerStart, position + innerEnd, out index);
        position += length;
        return code;
    }

    private XmlFaultCode StartElement()
    {
        int start = position;
        int i = start + 1;
        XmlFaultCode code = ReadName(ref i, out ushort nameLength, out ushort prefixLength);
        if (code != XmlFaultCode.None)
        {
            return code;
        }

        if (depth == 0 && tape.RootIndex >= 0)
        {
            return Fault(XmlFaultCode.ContentOutsideRoot, start);
        }

        if (depth >= limits.MaxDepth)
        {
            return Fault(XmlFaultCode.TooDeep, start);
        }

        int firstAttribute = tape.AttributeCount;
        int scopeBase = scopeCount;
        bool isEmpty = false;
        while (true)
        {
            int before = i;
            while (i < source.Length && XmlChars.IsWhiteSpace(source[i]))
            {
                i++;
            }

            if (i >= source.Length)
            {
                return Fault(XmlFaultCode.MalformedMarkup, start);
            }

            if (source[i] == '>')
            {
                i++;
                break;
            }

            if (source[i] == '/')
            {
                if (i + 1 >= source.Length || source[i + 1] != '>')
                {
                    return Fault(XmlFaultCode.MalformedMarkup, i);
                }

                i += 2;
                isEmpty = true;
                break;
            }

            if (i == before)
            {
                return Fault(XmlFaultCode.MalformedMarkup, i);
            }

            code = ReadAttribute(ref i, firstAttribute);
            if (code != XmlFaultCode.None)
            {
                return code;
            }
        }

        if (!TryResolve(start + 1, prefixLength, isElement: true, out int elementNamespace, out code)
            || !FinishAttributes(firstAttribute, out code))
        {
            return code;
        }

        code = AddNode(XmlNodeKind.Element, start, i, i, i, out int index);
        if (code != XmlFaultCode.None)
        {
            return code;
        }

        ref XmlNode node = ref tape.Nodes[index];
        node.NameStart = start + 1;
        node.NameLength = nameLength;
        node.PrefixLength = prefixLength;
        node.Namespace = elementNamespace;
        node.FirstAttribute = firstAttribute;
        node.AttributeCount = tape.AttributeCount - firstAttribute;
        node.ScopeBase = scopeBase;
        position = i;
        if (depth == 0)
        {
            tape.RootIndex = index;
        }

        if (isEmpty)
        {
            scopeCount = scopeBase;
        }
        else
        {
            current = index;
            depth++;
        }

        return XmlFaultCode.None;
    }

    private XmlFaultCode EndElement()
    {
        if (current < 0)
        {
            return Fault(XmlFaultCode.MismatchedTag, position);
        }

        ref XmlNode node = ref tape.Nodes[current];
        ReadOnlySpan<byte> rest = source[(position + 2)..];
        ReadOnlySpan<byte> name = source.Slice(node.NameStart, node.NameLength);
        if (!rest.StartsWith(name))
        {
            return Fault(XmlFaultCode.MismatchedTag, position);
        }

        int i = name.Length;
        while (i < rest.Length && XmlChars.IsWhiteSpace(rest[i]))
        {
            i++;
        }

        if (i >= rest.Length || rest[i] != '>')
        {
            return Fault(XmlFaultCode.MismatchedTag, position);
        }

        node.InnerEnd = position;
        node.End = position + 2 + i + 1;
        node.Next = tape.NodeCount;
        position = node.End;
        scopeCount = node.ScopeBase;
        current = node.Parent;
        depth--;
        return XmlFaultCode.None;
    }

    private XmlFaultCode ReadAttribute(ref int i, int firstAttribute)
    {
        int nameStart = i;
        XmlFaultCode code = ReadName(ref i, out ushort nameLength, out ushort prefixLength);
        if (code != XmlFaultCode.None)
        {
            return code;
        }

        SkipWhiteSpace(ref i);
        if (i >= source.Length || source[i] != '=')
        {
            return Fault(XmlFaultCode.MalformedAttribute, nameStart);
        }

        i++;
        SkipWhiteSpace(ref i);
        if (i >= source.Length || source[i] is not ((byte)'"' or (byte)'\''))
        {
            return Fault(XmlFaultCode.MalformedAttribute, nameStart);
        }

        int valueStart = i + 1;
        int length = source[valueStart..].IndexOf(source[i]);
        if (length < 0)
        {
            return Fault(XmlFaultCode.MalformedAttribute, nameStart);
        }

        ReadOnlySpan<byte> value = source.Slice(valueStart, length);
        bool needsDecoding = value.IndexOfAny(XmlChars.AttributeSpecials) >= 0;
        if (value.Contains((byte)'<'))
        {
            return Fault(XmlFaultCode.MalformedAttribute, nameStart);
        }

        if (needsDecoding)
        {
            code = CheckReferences(value, valueStart);
            if (code != XmlFaultCode.None)
            {
                return code;
            }
        }

        i = valueStart + length + 1;
        if (tape.AttributeCount - firstAttribute >= limits.MaxAttributes)
        {
            return Fault(XmlFaultCode.TooManyAttributes, nameStart);
        }

        if (tape.AttributeCount == tape.AttributeEntries.Length)
        {
            Grow(ref tape.AttributeEntries, tape.AttributeCount);
        }

        ref XmlAttributeEntry entry = ref tape.AttributeEntries[tape.AttributeCount++];
        entry.NameStart = nameStart;
        entry.NameLength = nameLength;
        entry.PrefixLength = prefixLength;
        entry.ValueStart = valueStart;
        entry.ValueEnd = valueStart + length;
        entry.NeedsDecoding = needsDecoding;
        entry.Namespace = XmlTape.NoNamespace;
        ReadOnlySpan<byte> name = source.Slice(nameStart, nameLength);
        entry.IsDeclaration = prefixLength == 5 ? name.StartsWith("xmlns:"u8) : prefixLength == 0 && name.SequenceEqual("xmlns"u8);
        return entry.IsDeclaration ? Declare(ref entry) : XmlFaultCode.None;
    }

    /// <summary>Namespaces in XML 1.0 §3 and §2.2: which declarations are allowed.</summary>
    private XmlFaultCode Declare(ref XmlAttributeEntry entry)
    {
        (int prefixStart, int prefixLength) = entry.DeclaredPrefix;
        ReadOnlySpan<byte> prefix = source.Slice(prefixStart, prefixLength);
        XmlFaultCode code = NamespaceIndex(ref entry, out int index);
        if (code != XmlFaultCode.None)
        {
            return code;
        }

        bool isXml = prefix.SequenceEqual("xml"u8);
        if (prefix.SequenceEqual("xmlns"u8)
            || index == XmlTape.XmlnsNamespace
            || isXml != (index == XmlTape.XmlNamespace)
            || (prefixLength > 0 && index == XmlTape.NoNamespace))
        {
            return Fault(XmlFaultCode.ForbiddenNamespace, entry.NameStart);
        }

        entry.Namespace = index;
        if (scopeCount >= limits.MaxNamespaces)
        {
            return Fault(XmlFaultCode.TooManyNamespaces, entry.NameStart);
        }

        if (scopeCount == scope.Length)
        {
            Grow(ref scope, scopeCount);
        }

        scope[scopeCount++] = new Binding(prefixStart, prefixLength, index);
        return XmlFaultCode.None;
    }

    private XmlFaultCode NamespaceIndex(ref XmlAttributeEntry entry, out int index)
    {
        ReadOnlySpan<byte> name = source[entry.ValueStart..entry.ValueEnd];
        byte[]? decoded = null;
        if (entry.NeedsDecoding)
        {
            byte[] buffer = new byte[name.Length];
            decoded = buffer[..XmlText.Decode(name, isAttribute: true, buffer)];
            name = decoded;
        }

        for (index = 0; index < tape.NamespaceCount; index++)
        {
            if (tape.Namespaces[index].Of(source).SequenceEqual(name))
            {
                return XmlFaultCode.None;
            }
        }

        // The three reserved entries do not count.
        if (tape.NamespaceCount - 3 >= limits.MaxNamespaces)
        {
            return Fault(XmlFaultCode.TooManyNamespaces, entry.NameStart);
        }

        if (tape.NamespaceCount == tape.Namespaces.Length)
        {
            Grow(ref tape.Namespaces, tape.NamespaceCount);
        }

        tape.Namespaces[tape.NamespaceCount++] =
            new XmlNamespaceEntry { Start = entry.ValueStart, Length = name.Length, Decoded = decoded };
        return XmlFaultCode.None;
    }

    private bool FinishAttributes(int first, out XmlFaultCode code)
    {
        code = XmlFaultCode.None;
        Span<XmlAttributeEntry> attributes = tape.AttributeEntries.AsSpan(first, tape.AttributeCount - first);
        for (int i = 0; i < attributes.Length; i++)
        {
            ref XmlAttributeEntry attribute = ref attributes[i];
            if (!attribute.IsDeclaration && attribute.PrefixLength > 0
                && !TryResolve(attribute.NameStart, attribute.PrefixLength, isElement: false, out attribute.Namespace, out code))
            {
                return false;
            }

            ReadOnlySpan<byte> name = source.Slice(attribute.NameStart, attribute.NameLength);
            ReadOnlySpan<byte> local = source.Slice(attribute.LocalStart, attribute.LocalLength);
            for (int j = 0; j < i; j++)
            {
                ref XmlAttributeEntry other = ref attributes[j];
                bool isSame = other.NameLength == attribute.NameLength
                    && source.Slice(other.NameStart, other.NameLength).SequenceEqual(name);
                isSame |= attribute.Namespace != XmlTape.NoNamespace && !attribute.IsDeclaration && !other.IsDeclaration
                    && other.Namespace == attribute.Namespace && other.LocalLength == local.Length
                    && source.Slice(other.LocalStart, other.LocalLength).SequenceEqual(local);
                if (isSame)
                {
                    code = Fault(XmlFaultCode.DuplicateAttribute, attribute.NameStart);
                    return false;
                }
            }
        }

        return true;
    }

    private bool TryResolve(int nameStart, int prefixLength, bool isElement, out int index, out XmlFaultCode code)
    {
        code = XmlFaultCode.None;
        index = XmlTape.NoNamespace;
        ReadOnlySpan<byte> prefix = source.Slice(nameStart, prefixLength);
        for (int i = scopeCount - 1; i >= 0; i--)
        {
            ref Binding binding = ref scope[i];
            if (binding.PrefixLength == prefixLength && source.Slice(binding.PrefixStart, prefixLength).SequenceEqual(prefix))
            {
                index = binding.Namespace;
                return true;
            }
        }

        if (prefixLength == 0)
        {
            return true;
        }

        if (prefix.SequenceEqual("xml"u8))
        {
            index = XmlTape.XmlNamespace;
            return true;
        }

        bool isXmlns = isElement && prefix.SequenceEqual("xmlns"u8);
        code = Fault(isXmlns ? XmlFaultCode.ForbiddenNamespace : XmlFaultCode.UndeclaredPrefix, nameStart);
        return false;
    }

    private XmlFaultCode ReadName(ref int i, out ushort nameLength, out ushort prefixLength)
    {
        nameLength = prefixLength = 0;
        int length = XmlChars.NcNameLength(source[i..]);
        if (length == 0)
        {
            return Fault(XmlFaultCode.MalformedName, i);
        }

        int prefix = 0;
        if (i + length < source.Length && source[i + length] == ':')
        {
            prefix = length;
            int local = XmlChars.NcNameLength(source[(i + length + 1)..]);
            length += 1 + local;
            if (local == 0 || (i + length < source.Length && source[i + length] == ':'))
            {
                return Fault(XmlFaultCode.MalformedName, i);
            }
        }

        if (length > maxNameBytes)
        {
            return Fault(XmlFaultCode.NameTooLong, i);
        }

        i += length;
        nameLength = (ushort)length;
        prefixLength = (ushort)prefix;
        return XmlFaultCode.None;
    }

    private XmlFaultCode AddNode(XmlNodeKind kind, int start, int end, int innerStart, int innerEnd, out int index)
    {
        index = tape.NodeCount;
        if (index >= tape.Nodes.Length)
        {
            Grow(ref tape.Nodes, index);
        }

        if (index >= limits.MaxNodes)
        {
            return Fault(XmlFaultCode.TooManyNodes, start);
        }

        ref XmlNode node = ref tape.Nodes[index];
        node = default;
        node.Kind = kind;
        node.Start = start;
        node.End = end;
        node.InnerStart = innerStart;
        node.InnerEnd = innerEnd;
        node.Parent = current;
        node.Next = index + 1;
        tape.NodeCount++;
        return XmlFaultCode.None;
    }

    private readonly void SkipWhiteSpace(ref int i)
    {
        while (i < source.Length && XmlChars.IsWhiteSpace(source[i]))
        {
            i++;
        }
    }

    private XmlFaultCode Fault(XmlFaultCode code, int offset)
    {
        FaultOffset = offset;
        return code;
    }

    private static void Grow<T>(ref T[] array, int used)
    {
        T[] larger = ArrayPool<T>.Shared.Rent(Math.Max(16, array.Length * 2));
        array.AsSpan(0, used).CopyTo(larger);
        ArrayPool<T>.Shared.Return(array, clearArray: System.Runtime.CompilerServices.RuntimeHelpers.IsReferenceOrContainsReferences<T>());
        array = larger;
    }

    private readonly record struct Binding(int PrefixStart, int PrefixLength, int Namespace);
}
