using System.Buffers;
using System.Text;
using System.Text.Json;
using Tunduk.Adapter.Exchange;
using Tunduk.Xml;

namespace Tunduk.Adapter.Filtering;

// Over 300 lines: one pass over one reader, whose steps share every field.

/// <summary>The state of one run of <see cref="JsonFieldFilter"/>.</summary>
internal ref struct JsonFilterPass
{
    private static readonly JsonReaderOptions Strict = new()
    {
        AllowTrailingCommas = false,
        CommentHandling = JsonCommentHandling.Disallow,
        MaxDepth = JsonFieldFilter.MaxDepth,
    };

    private readonly FieldList list;
    private readonly ReadOnlySpan<byte> source;
    private Utf8JsonReader reader;
    private NameLedger names;
    private FilterTally tally;
    private byte[] buffer;
    private int length;
    private int objects;
    private PolicyRefusal? refusal;

    public JsonFilterPass(FieldList list, ReadOnlySpan<byte> source)
    {
        this.list = list;
        this.source = source;
        reader = new Utf8JsonReader(source, Strict);
        names = new NameLedger(source);
        tally = new FilterTally(list);
        buffer = ArrayPool<byte>.Shared.Rent(source.Length + 64);
    }

    public readonly ReadOnlySpan<byte> Output => buffer.AsSpan(0, length);

    public FilterResult ToResult() => tally.ToResult();

    public void Dispose()
    {
        names.Dispose();
        tally.Dispose();

        // The buffer held personal data; the next renter must not find it.
        ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
    }

    public PolicyRefusal? Run()
    {
        FieldNode root = list.Root(list.Shape == MessageShape.ByMessage && HasWrapper());
        reader.Read();
        if (Scalar(reader.TokenType) && root.Action != FieldAction.Allow)
        {
            if (reader.TokenType == JsonTokenType.Null || Drop(root, child: null))
            {
                Write("null"u8);
            }
        }
        else
        {
            Value(root);
        }

        if (refusal is null)
        {
            // Reading on proves that nothing follows the value.
            reader.Read();
        }

        return refusal;
    }

    private static bool Scalar(JsonTokenType type) => type is not (JsonTokenType.StartObject or JsonTokenType.StartArray);

    /// <summary>Whether the outermost object has the member that relative paths start in.</summary>
    private readonly bool HasWrapper()
    {
        Utf8JsonReader scan = new(source, Strict);
        if (!scan.Read() || scan.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (scan.Read() && scan.TokenType == JsonTokenType.PropertyName)
        {
            if (scan.ValueTextEquals(list.Wrapper))
            {
                return true;
            }

            scan.Skip();
        }

        return false;
    }

    /// <summary>Writes the value the reader stands on; the node allows it, or it is a container.</summary>
    /// <param name="node">Its position.</param>
    /// <param name="isXml">A text here is XML, whatever the list knows of the position.</param>
    private bool Value(FieldNode node, bool isXml = false)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return Object(node);
            case JsonTokenType.StartArray:
                return Array(node, isXml);
            case JsonTokenType.String:
                if (reader.ValueIsEscaped && HasHalfSurrogate())
                {
                    refusal = JsonFieldFilter.Malformed(RefusalPhrases.Of("values_that_are_text"), RefusalPhrases.Of("value_of_bytes_with_half_surrogate_pair", reader.ValueSpan.Length));
                    return false;
                }

                if (node.OtherChild is null && (isXml || list.XmlTexts.Contains(node.Path)))
                {
                    return XmlText(node);
                }

                WriteQuoted(reader.ValueSpan);
                return true;
            default:
                Write(reader.ValueSpan);
                return true;
        }
    }

    private bool Object(FieldNode node)
    {
        int id = ++objects;
        Write((byte)'{');
        int empty = length;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool escaped = reader.ValueIsEscaped;
            ReadOnlySpan<byte> raw = reader.ValueSpan;
            if (!TakeName(id, node.Path, out ReadOnlySpan<byte> name, out int hash))
            {
                return false;
            }

            FieldNode? child = node.Member(name, hash);
            reader.Read();
            FieldAction action = ActionFor(child);
            if (list.MapsXml && name.Length > 0 && name[0] == (byte)'$' && OwnForm(node, name) is { } own)
            {
                // The element itself under another name: what holds for it holds for its text and its content.
                child = node;
                action = own;
            }

            if (action == FieldAction.Allow)
            {
                if (length > empty)
                {
                    Write((byte)',');
                }

                WriteName(raw, name, escaped);
                if (!Value(child!, isXml: list.MapsXml && name.StartsWith("$any"u8)))
                {
                    return false;
                }
            }
            else if (action == FieldAction.Blank)
            {
                if (length > empty)
                {
                    Write((byte)',');
                }

                WriteName(raw, name, escaped);
                if (!WriteBlank(child!))
                {
                    return false;
                }
            }
            else if (action == FieldAction.Refuse)
            {
                return Refuse(node, child);
            }
            else
            {
                Leave(node, child);
                if (!Skip())
                {
                    return false;
                }
            }
        }

        Write((byte)'}');
        return true;
    }

    private bool Array(FieldNode node, bool isXml)
    {
        Write((byte)'[');
        int empty = length;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (node.Action != FieldAction.Allow && Scalar(reader.TokenType) && reader.TokenType != JsonTokenType.Null)
            {
                // A scalar where the list knows only structure: unlisted, like a text beside elements.
                if (!Drop(node, node.Path.Length == 0 ? null : node))
                {
                    return false;
                }

                continue;
            }

            if (length > empty)
            {
                Write((byte)',');
            }

            if (!Value(node, isXml))
            {
                return false;
            }
        }

        Write((byte)']');
        return true;
    }

    /// <summary>An element as a text of XML: names and attributes inside it are fields like those of a message that passes as XML.</summary>
    private bool XmlText(FieldNode node)
    {
        byte[] text = Encoding.UTF8.GetBytes(reader.GetString()!);
        if (!XmlTape.TryParse(text, out XmlTape? tape, out _))
        {
            refusal = JsonFieldFilter.Malformed(RefusalPhrases.Of("xml_of_one_element"), RefusalPhrases.Of("other_text"));
            return false;
        }

        using (tape)
        {
            XmlFilterPass pass = new(list, new XmlNamespaceRule([tape.Root.NamespaceUri]), text);
            try
            {
                refusal = pass.RunAt(tape.Root, node).Refusal;
                if (refusal is not null)
                {
                    return false;
                }

                ArrayBufferWriter<byte> output = new(text.Length);
                pass.Write(output, tape.Root.OuterRange);
                if (output.WrittenSpan.SequenceEqual(text))
                {
                    WriteQuoted(reader.ValueSpan);
                }
                else
                {
                    tally.Unknown(node);
                    WriteQuoted(JsonEncodedText.Encode(output.WrittenSpan).EncodedUtf8Bytes);
                }

                return true;
            }
            finally
            {
                pass.Dispose();
            }
        }
    }

    /// <summary>What holds for the members that stand for the element itself; null for any other name.</summary>
    private readonly FieldAction? OwnForm(FieldNode node, ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("$content"u8) && !Scalar(reader.TokenType))
        {
            return FieldAction.Allow;
        }

        if (name.SequenceEqual("$"u8))
        {
            return ActionFor(node);
        }

        return name.SequenceEqual("$type"u8) && reader.TokenType == JsonTokenType.String ? FieldAction.Allow : null;
    }

    /// <summary>What happens to the value the reader stands on: Allow (also for structure), Blank, Remove or Refuse.</summary>
    private readonly FieldAction ActionFor(FieldNode? child)
    {
        switch (child?.Action)
        {
            case FieldAction.Allow:
            case FieldAction.Structure when !Scalar(reader.TokenType) || reader.TokenType == JsonTokenType.Null:
                return FieldAction.Allow;
            case FieldAction.Blank:
            case FieldAction.Remove:
            case FieldAction.Refuse:
                return child.Action;
            default:
                return list.Unlisted switch
                {
                    UnlistedAction.Refuse => FieldAction.Refuse,
                    UnlistedAction.Blank when child is not null => FieldAction.Blank,
                    _ => FieldAction.Remove,
                };
        }
    }

    /// <summary>Leaves a scalar out where it has no name of its own; false when the list refuses the message for it.</summary>
    private bool Drop(FieldNode node, FieldNode? child)
    {
        if (list.Unlisted == UnlistedAction.Refuse)
        {
            return Refuse(node, child);
        }

        Leave(node, child);
        return true;
    }

    private void Leave(FieldNode parent, FieldNode? child)
    {
        if (child is null)
        {
            tally.Unknown(parent);
        }
        else
        {
            tally.Known(child, blanked: false);
        }
    }

    private bool Refuse(FieldNode parent, FieldNode? child)
    {
        refusal = new PolicyRefusal(
            "field_not_listed",
            child?.Path ?? FilterTally.UnknownPath(parent),
            RefusalPhrases.Of("only_fields_that_agreement_lists"),
            RefusalPhrases.Of("field_of_type_that_it_does_not_list", Kind(reader.TokenType)),
            RefusalPhrases.Of("leave_field_out_or_have_it_added_to_list"));
        return false;
    }

    /// <summary>Keeps the type of the value where an empty one exists, so that a strict receiver still reads it.</summary>
    private bool WriteBlank(FieldNode child)
    {
        tally.Known(child, blanked: true);
        Write(reader.TokenType switch
        {
            JsonTokenType.String => "\"\""u8,
            JsonTokenType.StartObject => "{}"u8,
            JsonTokenType.StartArray => "[]"u8,
            _ => "null"u8,
        });
        return Skip();
    }

    /// <summary>Passes over the value the reader stands on, still refusing doubled names in it.</summary>
    private bool Skip()
    {
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (!Skip())
                {
                    return false;
                }
            }
        }
        else if (reader.TokenType == JsonTokenType.StartObject)
        {
            int id = ++objects;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (!TakeName(id, RemovedField.Unlisted, out _, out _))
                {
                    return false;
                }

                reader.Read();
                if (!Skip())
                {
                    return false;
                }
            }
        }

        return true;
    }

    // Different readers make different texts of half a pair; the reader throws, and so tells, when it is unescaped.
    private readonly bool HasHalfSurrogate()
    {
        if (reader.ValueSpan.IndexOf("\\ud"u8) < 0 && reader.ValueSpan.IndexOf("\\uD"u8) < 0)
        {
            return false;
        }

        byte[] scratch = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        try
        {
            reader.CopyString(scratch);
            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch, clearArray: true);
        }
    }

    /// <summary>The member's name unescaped and its hash; false when the object has it already or it is no text.</summary>
    private bool TakeName(int objectId, string parent, out ReadOnlySpan<byte> name, out int hash)
    {
        bool first;
        if (!reader.ValueIsEscaped)
        {
            first = names.AddSource(objectId, (int)reader.TokenStartIndex + 1, reader.ValueSpan.Length, out name, out hash);
        }
        else
        {
            int written;
            try
            {
                written = reader.CopyString(names.Scratch(reader.ValueSpan.Length));
            }
            catch (InvalidOperationException)
            {
                // Half a surrogate pair: different readers make different names of it.
                name = default;
                hash = 0;
                refusal = JsonFieldFilter.Malformed(RefusalPhrases.Of("names_that_are_text"), RefusalPhrases.Of("name_of_bytes_with_half_surrogate_pair", reader.ValueSpan.Length));
                return false;
            }

            first = names.AddScratch(objectId, written, out name, out hash);
        }

        if (!first)
        {
            refusal = new PolicyRefusal(
                "json_duplicate_name",
                parent,
                RefusalPhrases.Of("each_name_once_in_object"),
                RefusalPhrases.Of("name_that_occurs_twice"),
                RefusalPhrases.Of("send_each_member_once_two_readers_may"));
        }

        return first;
    }

    private static string Kind(JsonTokenType type) => type switch
    {
        JsonTokenType.StartObject => "object",
        JsonTokenType.StartArray => "array",
        JsonTokenType.String => "string",
        JsonTokenType.Number => "number",
        JsonTokenType.True or JsonTokenType.False => "boolean",
        _ => "null",
    };

    private void WriteName(ReadOnlySpan<byte> raw, ReadOnlySpan<byte> name, bool escaped)
    {
        // A name that came with escapes leaves in its plain form: what was matched is what the receiver reads.
        WriteQuoted(escaped ? JsonEncodedText.Encode(name).EncodedUtf8Bytes : raw);
        Write((byte)':');
    }

    private void WriteQuoted(ReadOnlySpan<byte> text)
    {
        Reserve(text.Length + 2);
        buffer[length] = (byte)'"';
        text.CopyTo(buffer.AsSpan(length + 1));
        length += text.Length + 2;
        buffer[length - 1] = (byte)'"';
    }

    private void Write(ReadOnlySpan<byte> text)
    {
        Reserve(text.Length);
        text.CopyTo(buffer.AsSpan(length));
        length += text.Length;
    }

    private void Write(byte value)
    {
        Reserve(1);
        buffer[length++] = value;
    }

    private void Reserve(int more)
    {
        if (buffer.Length - length >= more)
        {
            return;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent((length + more) * 2);
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        buffer = larger;
    }
}
