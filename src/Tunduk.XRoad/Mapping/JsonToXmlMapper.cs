using System.Text;
using System.Text.Json;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Mapping;

// Over 300 lines: one state machine over one reader, whose steps share every field.

/// <summary>
/// One conversion of JSON to XML. XML is written as members come; an object whose members came in another order than
/// the contract's is put in order at its end, by moving the bytes already written. After each value the JSON reader
/// stands on the value's last token.
/// </summary>
internal sealed class JsonToXmlMapper(JsonInput input, XmlOutput output, MappingLimits limits, MappingTrace trace, MessageTags tags)
{
    private readonly JsonScalarToXml scalar = new(input, output, trace, tags);
    private readonly ScratchStack<int> counts = new();
    private readonly ScratchStack<Piece> pieces = new();

    public void Root(MessageShape shape, ref Utf8JsonReader reader)
    {
        if (!input.Read(ref reader))
        {
            trace.Fault(MappingCodes.MalformedJson, shape.Element.Location, Phrases.Of("Mapping.JsonValue"), Phrases.Of("Mapping.Nothing"));
            return;
        }

        if (shape.Element.Type is ComplexType { Content: ContentKind.Any })
        {
            scalar.Fragment(null, shape.Element, limits, ref reader);
        }
        else
        {
            output.Raw(tags.RootOpen);
            Value(shape.Element, tags.RootClose, ref reader);
        }

        if (input.Read(ref reader))
        {
            trace.Fault(MappingCodes.MalformedJson, shape.Element.Location, Phrases.Of("Mapping.EndText"), Phrases.Of("Mapping.More"));
        }
    }

    /// <summary>Writes the rest of an element whose start tag is open: attributes, bracket, content, end tag.</summary>
    private void Value(ElementDeclaration element, byte[] closeTag, ref Utf8JsonReader reader)
    {
        if (reader.CurrentDepth > limits.MaxDepth)
        {
            trace.Fault(MappingCodes.TooDeep, element.Location, Phrases.Of("Mapping.MostLevels", limits.MaxDepth), Phrases.Of("Mapping.More"));
            throw new MappingAbortException();
        }

        if (reader.TokenType == JsonTokenType.Null)
        {
            Nil(element, closeTag);
            return;
        }

        if (element.Type is SimpleType simple)
        {
            output.Byte((byte)'>');
            scalar.Value(simple, ref reader, false, element.Fixed, element.Location);
            output.Raw(closeTag);
            return;
        }

        var declared = (ComplexType)element.Type;
        if (!declared.IsObject)
        {
            output.Byte((byte)'>');
            scalar.Value(declared.SimpleContent!, ref reader, false, element.Fixed, element.Location);
            output.Raw(closeTag);
            return;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            trace.Fault(MappingCodes.Type, element.Location, Phrases.Of("Mapping.ObjectPlain"), JsonScalarToXml.Describe(ref reader));
            input.Skip(ref reader);
            return;
        }

        var type = declared.Derived.Count > 0 ? ChooseType(element, declared, reader) : declared;
        if (type.Abstract)
        {
            trace.Fault(MappingCodes.UnknownType, type.Location, Phrases.Of("Mapping.TypeTypeNotAbstract"), type.Name.Local);
        }

        Object(element, declared, type, closeTag, ref reader);
    }

    private void Nil(ElementDeclaration element, byte[] closeTag)
    {
        if (!element.Nillable)
        {
            trace.Fault(MappingCodes.NotNillable, element.Location, Phrases.Of("Mapping.ValueNoMember"), "null");
        }

        if (element.Type is ComplexType complex)
        {
            if (complex.Abstract)
            {
                trace.Fault(MappingCodes.UnknownType, complex.Location, Phrases.Of("Mapping.ObjectNilTypeType"), "null");
            }

            foreach (var attribute in complex.Attributes)
            {
                if (attribute.Required)
                {
                    trace.Fault(MappingCodes.Required, attribute.Location, Phrases.Of("Mapping.AttributeObjectNil"), "null", attribute.JsonName);
                }
            }
        }

        output.Raw(" xsi:nil=\"true\">"u8);
        output.Raw(closeTag);
    }

    private void Object(ElementDeclaration element, ComplexType declared, ComplexType type, byte[] closeTag, ref Utf8JsonReader reader)
    {
        var frame = new ObjectFrame(element, declared, type)
        {
            Counts = counts.Take(type.Members.Count + type.Attributes.Count + 4),
            FirstPiece = pieces.Count,
        };
        pieces.Push(new Piece(ObjectFrame.AttributeRank, output.Position));
        while (input.Read(ref reader) && reader.TokenType == JsonTokenType.PropertyName)
        {
            Property(ref frame, ref reader);
        }

        if (!frame.Closed)
        {
            output.Byte((byte)'>');
        }

        Order(ref frame);
        Complete(ref frame);
        output.Raw(closeTag);
        pieces.Return(frame.FirstPiece);
        counts.Return(frame.Counts);
    }

    private void Property(ref ObjectFrame frame, ref Utf8JsonReader reader)
    {
        var type = frame.Type;
        if (!PropertyName(ref reader, out var name))
        {
            trace.Fault(MappingCodes.Unknown, type.Location, Phrases.Of("Mapping.MemberType"), Phrases.Of("Mapping.NameTooLongNot"));
            input.Skip(ref reader);
            return;
        }

        if (name.Length > 0 && name[0] is (byte)'@' or (byte)'$' && Special(ref frame, name, ref reader))
        {
            return;
        }

        var index = type.ContentAsList ? -1 : type.MemberTable.Find(name);
        if (index < 0)
        {
            Unknown(ref frame, name, ref reader);
            return;
        }

        var member = type.Members[index];
        if (counts[frame.Counts + index] != 0)
        {
            trace.Fault(MappingCodes.Duplicate, member.Element?.Location ?? type.Location, Phrases.Of("Mapping.OneMember"), Phrases.Of("Mapping.Second"), member.JsonName);
            input.Skip(ref reader);
            return;
        }

        counts[frame.Counts + index] = 1;
        Begin(ref frame, type.AnyOrder ? ObjectFrame.FirstMemberRank : ObjectFrame.FirstMemberRank + index);
        input.Read(ref reader);
        trace.Push(member.JsonName);
        var occurrences = Member(member, ref reader);
        trace.Pop();
        counts[frame.Counts + index] = occurrences == 0 ? -1 : occurrences;
    }

    /// <summary>Writes a member's element or elements; returns how many.</summary>
    private int Member(Member member, ref Utf8JsonReader reader)
    {
        if (!member.Repeated)
        {
            if (reader.TokenType == JsonTokenType.StartArray && member.Element?.Type is not (SimpleType { Variety: SimpleVariety.List } or ComplexType { IsObject: false, SimpleContent.Variety: SimpleVariety.List }))
            {
                trace.Fault(MappingCodes.Type, member.Element?.Location ?? default, Phrases.Of("Mapping.OneValue"), Phrases.Of("Mapping.ArrayPlain"));
                input.Skip(ref reader);
                return 1;
            }

            One(member, ref reader);
            return 1;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            trace.Fault(MappingCodes.Type, member.Element?.Location ?? default, Phrases.Of("Mapping.ArrayPlain"), JsonScalarToXml.Describe(ref reader));
            input.Skip(ref reader);
            return 1;
        }

        var occurrences = 0;
        while (input.Read(ref reader) && reader.TokenType != JsonTokenType.EndArray)
        {
            trace.NextItem();
            One(member, ref reader);
            occurrences++;
        }

        return occurrences;
    }

    private void One(Member member, ref Utf8JsonReader reader)
    {
        if (member.Element is not { } element)
        {
            scalar.Fragment(member.Wildcard, null, limits, ref reader);
        }
        else if (element.Type is ComplexType { Content: ContentKind.Any })
        {
            scalar.Fragment(null, element, limits, ref reader);
        }
        else
        {
            output.Raw(member.OpenTag);
            Value(element, member.CloseTag, ref reader);
        }
    }

    /// <summary>Members whose names begin with <c>@</c> or <c>$</c>; false when it is an ordinary one (<c>$any</c>).</summary>
    private bool Special(ref ObjectFrame frame, scoped ReadOnlySpan<byte> name, ref Utf8JsonReader reader)
    {
        var type = frame.Type;
        if (name[0] == (byte)'@')
        {
            Attribute(ref frame, name, ref reader);
            return true;
        }

        if (name.SequenceEqual("$"u8) && type.Content == ContentKind.Simple)
        {
            if (Once(ref frame, ObjectFrame.ValueSlot, "$", ref reader))
            {
                Begin(ref frame, ObjectFrame.FirstMemberRank);
                trace.Push("$");
                scalar.Value(type.SimpleContent!, ref reader, false, frame.Element.Fixed, frame.Element.Location);
                trace.Pop();
            }

            return true;
        }

        if (name.SequenceEqual("$content"u8) && type.ContentAsList)
        {
            if (Once(ref frame, ObjectFrame.ValueSlot, "$content", ref reader))
            {
                Begin(ref frame, ObjectFrame.FirstMemberRank);
                trace.Push("$content");
                ListContent(type, ref reader);
                trace.Pop();
            }

            return true;
        }

        if (name.SequenceEqual("$nil"u8) && frame.Element.Nillable)
        {
            if (Once(ref frame, ObjectFrame.NilSlot, "$nil", ref reader))
            {
                frame.Nil = reader.TokenType == JsonTokenType.True;
                if (frame.Nil)
                {
                    Begin(ref frame, ObjectFrame.AttributeRank);
                    output.Raw(" xsi:nil=\"true\""u8);
                }

                input.Skip(ref reader);
            }

            return true;
        }

        if (name.SequenceEqual("$type"u8) && frame.Declared.Derived.Count > 0)
        {
            if (Once(ref frame, ObjectFrame.TypeSlot, "$type", ref reader))
            {
                WriteType(ref frame, ref reader);
            }

            return true;
        }

        return false;
    }

    private void WriteType(ref ObjectFrame frame, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String || !reader.ValueTextEquals(frame.Type.TypeName))
        {
            trace.Fault(MappingCodes.UnknownType, frame.Element.Location, Phrases.Of("Mapping.TypeFirstMemberType", frame.Declared.Name.Local), Phrases.Of("Mapping.Another"));
            input.Skip(ref reader);
            return;
        }

        Begin(ref frame, ObjectFrame.AttributeRank);
        output.Raw(" xsi:type=\""u8);
        output.Raw(Encoding.UTF8.GetBytes(tags.Prefixes.Tag(frame.Type.Name)));
        output.Byte((byte)'"');
    }

    private bool Once(ref ObjectFrame frame, int slot, string name, ref Utf8JsonReader reader)
    {
        ref var seen = ref counts[frame.Counts + frame.Type.Members.Count + frame.Type.Attributes.Count + slot];
        if (seen != 0)
        {
            trace.Fault(MappingCodes.Duplicate, frame.Element.Location, Phrases.Of("Mapping.OneMember"), Phrases.Of("Mapping.Second"), name);
            input.Skip(ref reader);
            return false;
        }

        seen = 1;
        return input.Read(ref reader);
    }

    private void Attribute(ref ObjectFrame frame, scoped ReadOnlySpan<byte> name, ref Utf8JsonReader reader)
    {
        var type = frame.Type;
        for (var i = 0; i < type.Attributes.Count; i++)
        {
            var attribute = type.Attributes[i];
            if (!name.SequenceEqual(attribute.EncodedName.EncodedUtf8Bytes))
            {
                continue;
            }

            ref var seen = ref counts[frame.Counts + type.Members.Count + i];
            if (seen != 0)
            {
                trace.Fault(MappingCodes.Duplicate, attribute.Location, Phrases.Of("Mapping.OneMember"), Phrases.Of("Mapping.Second"), attribute.JsonName);
                input.Skip(ref reader);
                return;
            }

            seen = 1;
            Begin(ref frame, ObjectFrame.AttributeRank);
            input.Read(ref reader);
            trace.Push(attribute.JsonName);
            output.Raw(attribute.OpenTag);
            scalar.Value(attribute.Type, ref reader, true, attribute.Fixed, attribute.Location);
            output.Byte((byte)'"');
            trace.Pop();
            return;
        }

        if (type.AnyAttribute is { } wildcard)
        {
            Begin(ref frame, ObjectFrame.AttributeRank);
            scalar.OpenAttribute(wildcard, Encoding.UTF8.GetString(name[1..]), ref reader, ref frame.OpenAttributes);
            return;
        }

        Unknown(ref frame, name, ref reader);
    }

    private void ListContent(ComplexType type, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            trace.Fault(MappingCodes.Type, type.Location, Phrases.Of("Mapping.ArrayPlain"), JsonScalarToXml.Describe(ref reader));
            input.Skip(ref reader);
            return;
        }

        var state = ContentModel.Start;
        var count = 0;
        while (input.Read(ref reader) && reader.TokenType != JsonTokenType.EndArray)
        {
            trace.NextItem();
            if (reader.TokenType == JsonTokenType.String && type.Content == ContentKind.Mixed)
            {
                scalar.PlainText(type.Location, ref reader);
            }
            else if (reader.TokenType == JsonTokenType.StartObject)
            {
                Item(type, ref state, ref count, ref reader);
            }
            else
            {
                trace.Fault(MappingCodes.Type, type.Location, Phrases.Of("Mapping.ObjectMember"), JsonScalarToXml.Describe(ref reader));
                input.Skip(ref reader);
            }
        }

        if (!type.Model.IsEnd(state, count))
        {
            trace.Fault(MappingCodes.Required, type.Location, XmlMatcher.Expected(type, state, count), Phrases.Of("Mapping.EndList"));
        }
    }

    private void Item(ComplexType type, ref int state, ref int count, ref Utf8JsonReader reader)
    {
        var members = 0;
        while (input.Read(ref reader) && reader.TokenType == JsonTokenType.PropertyName)
        {
            var index = PropertyName(ref reader, out var name) ? type.MemberTable.Find(name) : -1;
            var next = index < 0 || members++ > 0 ? ContentModel.None : type.Model.Next(state, count, index, out var nextCount) is var n && n != ContentModel.None ? Set(n, nextCount, ref state, ref count) : ContentModel.None;
            if (next == ContentModel.None)
            {
                var known = index >= 0;
                trace.Fault(known ? MappingCodes.Content : MappingCodes.Unknown, type.Location, XmlMatcher.Expected(type, state, count), known ? Phrases.Of("Mapping.MemberGiven", type.Members[index].JsonName) : Phrases.Of("Mapping.AnotherMember"));
                input.Skip(ref reader);
                continue;
            }

            var member = type.Members[index];
            input.Read(ref reader);
            trace.Push(member.JsonName);
            One(member, ref reader);
            trace.Pop();
        }
    }

    private static int Set(int next, int nextCount, ref int state, ref int count)
    {
        state = next;
        count = nextCount == Particle.Unbounded ? nextCount - 1 : nextCount;
        return next;
    }

    /// <summary>Starts a piece of the element: closes the start tag before the first content, and notes when order is lost.</summary>
    private void Begin(ref ObjectFrame frame, int rank)
    {
        if (rank > ObjectFrame.AttributeRank && !frame.Closed)
        {
            pieces.Push(new Piece(ObjectFrame.BracketRank, output.Position));
            output.Byte((byte)'>');
            frame.Closed = true;
            frame.LastRank = ObjectFrame.BracketRank;
        }

        frame.Disordered |= rank < frame.LastRank;
        if (rank != frame.LastRank || frame.Disordered)
        {
            pieces.Push(new Piece(rank, output.Position));
            frame.LastRank = Math.Max(rank, frame.LastRank);
        }
    }

    private void Order(ref ObjectFrame frame)
    {
        if (!frame.Disordered)
        {
            return;
        }

        var all = pieces.From(frame.FirstPiece);
        var order = new int[all.Length];
        var ranks = new int[all.Length];
        for (var i = 0; i < order.Length; i++)
        {
            (order[i], ranks[i]) = (i, all[i].Rank);
        }

        // Stable: pieces of one rank keep their order.
        Array.Sort(order, (a, b) => ranks[a] != ranks[b] ? ranks[a].CompareTo(ranks[b]) : a.CompareTo(b));
        if (!output.Reorder(all, order))
        {
            trace.Fault(MappingCodes.Content, frame.Type.Location, Phrases.Of("Mapping.MembersContractOrderMost", limits.ReorderWindow), Phrases.Of("Mapping.MemberCameLater"));
        }
    }

    private void Complete(ref ObjectFrame frame)
    {
        var type = frame.Type;
        for (var i = 0; i < type.Attributes.Count; i++)
        {
            if (type.Attributes[i].Required && counts[frame.Counts + type.Members.Count + i] == 0)
            {
                trace.Fault(MappingCodes.Required, type.Attributes[i].Location, Phrases.Of("Mapping.Attribute"), Phrases.Of("Mapping.Nothing"), type.Attributes[i].JsonName);
            }
        }

        var slots = frame.Counts + type.Members.Count + type.Attributes.Count;
        if (frame.Nil)
        {
            if (frame.Closed)
            {
                trace.Fault(MappingCodes.Content, type.Location, Phrases.Of("Mapping.NoContentBesideNil"), Phrases.Of("Mapping.Content"));
            }
        }
        else if (type.Content == ContentKind.Simple)
        {
            if (counts[slots + ObjectFrame.ValueSlot] == 0 && !SimpleValue.Check(type.SimpleContent!, "").IsNone)
            {
                trace.Fault(MappingCodes.Required, type.Location, Phrases.Of("Mapping.TheValue"), Phrases.Of("Mapping.Nothing"), "$");
            }
        }
        else if (type.ContentAsList)
        {
            if (counts[slots + ObjectFrame.ValueSlot] == 0 && !type.Model.IsEnd(ContentModel.Start, 0))
            {
                trace.Fault(MappingCodes.Required, type.Location, XmlMatcher.Expected(type, ContentModel.Start, 0), Phrases.Of("Mapping.Nothing"), "$content");
            }
        }
        else
        {
            Members(ref frame);
        }
    }

    private void Members(ref ObjectFrame frame)
    {
        var type = frame.Type;
        if (type.AnyOrder)
        {
            var present = type.Members.Count <= 64 ? stackalloc bool[64] : new bool[type.Members.Count];
            for (var i = 0; i < type.Members.Count; i++)
            {
                present[i] = counts[frame.Counts + i] > 0;
            }

            AllContent.Check(type, present, trace, isXml: false);
            return;
        }

        var missing = false;
        for (var i = 0; i < type.Members.Count; i++)
        {
            var member = type.Members[i];
            if (member.Required && counts[frame.Counts + i] <= 0)
            {
                missing = true;
                trace.Fault(MappingCodes.Required, member.Element?.Location ?? type.Location, Phrases.Of("Mapping.Member"), counts[frame.Counts + i] < 0 ? Phrases.Of("Mapping.EmptyArray") : Phrases.Of("Mapping.Nothing"), member.JsonName);
            }
        }

        if (missing)
        {
            return;
        }

        var state = ContentModel.Start;
        var count = 0;
        for (var i = 0; i < type.Members.Count; i++)
        {
            var occurrences = counts[frame.Counts + i];
            if (occurrences > 0 && !type.Model.Take(ref state, ref count, i, occurrences))
            {
                trace.Fault(MappingCodes.Content, type.Members[i].Element?.Location ?? type.Location, XmlMatcher.Expected(type, state, count), Phrases.Of("Mapping.MemberGiven", type.Members[i].JsonName), type.Members[i].JsonName);
                return;
            }
        }

        if (!type.Model.IsEnd(state, count))
        {
            trace.Fault(MappingCodes.Required, type.Location, XmlMatcher.Expected(type, state, count), Phrases.Of("Mapping.Nothing"));
        }
    }

    private void Unknown(ref ObjectFrame frame, scoped ReadOnlySpan<byte> name, ref Utf8JsonReader reader)
    {
        var text = Encoding.UTF8.GetString(name);
        var expected = frame.Type.ContentAsList ? "$content" : frame.Type.Content == ContentKind.Simple ? "$" : Phrases.Of("Mapping.OneOf", string.Join(", ", frame.Type.Members.Take(12).Select(m => m.JsonName)));
        trace.Fault(MappingCodes.Unknown, frame.Type.Location, frame.Type.Members.Count == 0 ? Phrases.Of("Mapping.NoMembers") : expected, Phrases.Of("Mapping.MemberGiven", text.Length > 60 ? text[..60] + "…" : text), text);
        input.Skip(ref reader);
    }

    private static bool PropertyName(ref Utf8JsonReader reader, out ReadOnlySpan<byte> name)
    {
        name = reader.ValueSpan;
        if (name.Length > 1024)
        {
            return false;
        }

        if (!reader.ValueIsEscaped)
        {
            return name.Length < 2 || System.Text.Unicode.Utf8.IsValid(name);
        }

        try
        {
            var unescaped = new byte[name.Length];
            name = unescaped.AsSpan(0, reader.CopyString(unescaped));
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>The type that <c>$type</c> names. The reader is a copy: looking ahead does not move the mapper's.</summary>
    private ComplexType ChooseType(ElementDeclaration element, ComplexType declared, Utf8JsonReader probe)
    {
        // In a stream only the first member can be looked at.
        while (probe.Read() && probe.TokenType == JsonTokenType.PropertyName)
        {
            if (probe.ValueTextEquals("$type"u8))
            {
                if (probe.Read() && probe.TokenType == JsonTokenType.String)
                {
                    foreach (var derived in declared.Derived)
                    {
                        if (probe.ValueTextEquals(derived.TypeName) && element.Lets(derived))
                        {
                            return derived;
                        }
                    }
                }

                trace.Fault(MappingCodes.UnknownType, element.Location, Phrases.Of("Mapping.TypeDerivedFrom", declared.Name.Local), Phrases.Of("Mapping.Another"));
                return declared;
            }

            if (!input.IsWhole)
            {
                return declared;
            }

            probe.Skip();
        }

        return declared;
    }
}
