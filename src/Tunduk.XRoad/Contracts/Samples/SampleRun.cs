using System.Text.Json;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts.Samples;

// Over 300 lines: one walk over types, particles and values, which share what it found.

/// <summary>Invents one message by walking the particles of its types.</summary>
/// <param name="writer">Gets it.</param>
/// <param name="random">Where choices and values come from.</param>
/// <param name="options">How full it is.</param>
/// <param name="leftOut">Optional elements of whose content nothing can be invented; those found are added, and another run leaves them out.</param>
internal sealed class SampleRun(Utf8JsonWriter writer, SeededValues random, SampleOptions options, HashSet<ElementDeclaration> leftOut)
{
    // A required path deeper than this is a type that must contain itself.
    public const int HardDepth = 48;
    private const int MaxElements = 20_000;
    private const int MostRequired = 200;
    private readonly SampleValues values = new(random);
    private readonly DepthCosts costs = new();
    private readonly HashSet<ElementDeclaration> optional = [];
    private readonly Stack<ElementDeclaration> path = [];
    private int elements;
    private bool failed;

    public bool Root(ElementDeclaration root)
    {
        costs.Compute(root.Type);
        Value(root, 0);
        return !failed;
    }

    private void Value(ElementDeclaration element, int depth)
    {
        path.Push(element);
        Write(element, depth);
        path.Pop();
    }

    private void Write(ElementDeclaration element, int depth)
    {
        if (depth > HardDepth || ++elements > MaxElements)
        {
            failed = true;
            writer.WriteNullValue();
            return;
        }

        if (element.Type is SimpleType simple)
        {
            if (element.Nillable && random.Chance(options.NilPercent))
            {
                writer.WriteNullValue();
                return;
            }

            Simple(simple, element.Name.Local, element.Fixed, element.Default, element.Nillable);
            return;
        }

        var declared = (ComplexType)element.Type;
        if (declared.Content == ContentKind.Any)
        {
            writer.WriteStringValue(Fragment(element.Name));
            return;
        }

        if (element.Nillable && !declared.Abstract && depth > 0 && declared.Attributes.All(a => !a.Required) && (random.Chance(options.NilPercent) || costs.Of(declared) > HardDepth))
        {
            writer.WriteNullValue();
            return;
        }

        var type = declared;
        if (declared.Derived.Count > 0 && (declared.Abstract || (!IsLean(depth) && random.Chance(30))))
        {
            var concrete = declared.Derived.Where(d => !d.Abstract && d.IsObject && element.Lets(d)).OrderBy(d => !IsLean(depth) ? 0 : costs.Of(d)).ToList();
            type = concrete.Count == 0 ? declared : !IsLean(depth) ? random.Pick(concrete) : concrete[0];
        }

        if (!type.IsObject)
        {
            Simple(type.SimpleContent!, element.Name.Local, element.Fixed, element.Default);
            return;
        }

        writer.WriteStartObject();
        if (!ReferenceEquals(type, declared))
        {
            writer.WriteString("$type", type.TypeName);
        }

        Attributes(type);
        if (type.Content == ContentKind.Simple)
        {
            writer.WritePropertyName("$");
            Simple(type.SimpleContent!, element.Name.Local, element.Fixed, element.Default);
        }
        else
        {
            Content(type, depth);
        }

        writer.WriteEndObject();
    }

    // From here on nothing is written that is not required: deep enough, or large enough.
    private bool IsLean(int depth) => depth >= options.MaxDepth || elements > MaxElements / 4;

    private void Attributes(ComplexType type)
    {
        foreach (var attribute in type.Attributes)
        {
            if ((attribute.Required || random.Chance(options.OptionalPercent))
                && (Text(attribute.Type, attribute.Name.Local, attribute.Fixed, attribute.Default) is var text && (text is not null || attribute.Required)))
            {
                writer.WritePropertyName(attribute.JsonName);
                Json(attribute.Type, text, isNull: false);
            }
        }
    }

    private void Content(ComplexType type, int depth)
    {
        var word = new List<Member>();
        if (type.Particle is { } particle)
        {
            Word(type, particle, word, depth);
        }

        if (type.ContentAsList)
        {
            ListContent(type, word, depth);
            return;
        }

        for (var i = 0; i < word.Count; i++)
        {
            var member = word[i];
            writer.WritePropertyName(member.EncodedName);
            if (!member.Repeated)
            {
                Item(member, depth);
                continue;
            }

            writer.WriteStartArray();
            Item(member, depth);
            while (i + 1 < word.Count && ReferenceEquals(word[i + 1], member))
            {
                Item(member, depth);
                i++;
            }

            writer.WriteEndArray();
        }
    }

    private void ListContent(ComplexType type, List<Member> word, int depth)
    {
        writer.WriteStartArray("$content");
        var mixed = type.Content == ContentKind.Mixed;
        foreach (var member in word)
        {
            if (mixed && random.Chance(50))
            {
                writer.WriteStringValue(values.Words());
            }

            writer.WriteStartObject();
            writer.WritePropertyName(member.EncodedName);
            Item(member, depth);
            writer.WriteEndObject();
        }

        if (mixed && random.Chance(50))
        {
            writer.WriteStringValue(values.Words());
        }

        writer.WriteEndArray();
    }

    private void Item(Member member, int depth)
    {
        if (member.Element is { } element)
        {
            Value(element, depth + 1);
        }
        else
        {
            var ns = member.Wildcard!.Example();
            writer.WriteStringValue(Fragment(new QualifiedName(ns ?? "urn:sample", "sample")));
            failed |= ns is null;
        }
    }

    /// <summary>One word of the content model: the members in their order.</summary>
    private void Word(ComplexType type, Particle particle, List<Member> word, int depth)
    {
        var times = Times(particle, depth);
        for (var i = 0; i < times && word.Count < 2_000; i++)
        {
            switch (particle.Kind)
            {
                case ParticleKind.Element:
                    var member = type.Members.First(m => m.Element?.Name == particle.Element!.Name);
                    if (particle.Min == 0)
                    {
                        optional.Add(member.Element!);
                        if (leftOut.Contains(member.Element!))
                        {
                            break;
                        }
                    }

                    word.Add(member);
                    break;
                case ParticleKind.Any:
                    word.Add(type.Members.FirstOrDefault(m => m.Wildcard?.Key == particle.Wildcard!.Key) ?? type.Members.First(m => m.Element is null));
                    break;
                case ParticleKind.Choice when particle.Children.Count > 0:
                    Word(type, Branch(particle, depth), word, depth);
                    break;
                default:
                    foreach (var child in particle.Children)
                    {
                        Word(type, child, word, depth);
                    }

                    break;
            }
        }
    }

    private Particle Branch(Particle choice, int depth)
    {
        if (IsLean(depth))
        {
            return choice.Children.MinBy(costs.Of)!;
        }

        var finite = choice.Children.FindAll(c => costs.Of(c) < DepthCosts.Infinite);
        return finite.Count == 0 || options.FirstChoice ? (finite.FirstOrDefault() ?? choice.Children[0]) : random.Pick(finite);
    }

    private int Times(Particle particle, int depth)
    {
        // An invented element is declared nowhere, as a strict wildcard asks.
        var endless = particle.Min == 0 && (costs.OfOnce(particle) >= DepthCosts.Infinite || particle.Wildcard is { Strict: true });
        if (IsLean(depth) || endless || particle.Max == particle.Min)
        {
            failed |= particle.Min > MostRequired;
            return Math.Min(particle.Min, MostRequired);
        }

        if (particle.Min == 0 && !random.Chance(options.OptionalPercent))
        {
            return 0;
        }

        var least = Math.Max(particle.Min, 1);
        var most = Math.Min((long)particle.Max, (long)particle.Min + options.MaxRepeat);
        failed |= particle.Min > MostRequired;
        return Math.Min(MostRequired, (int)Math.Max(least, Math.Min(most, least + random.Below((int)Math.Max(1, most - least + 1)))));
    }

    private void Simple(SimpleType type, string name, string? fixedValue, string? defaultValue, bool nillable = false) =>
        Json(type, Text(type, name, fixedValue, defaultValue), nillable);

    private string? Text(SimpleType type, string name, string? fixedValue, string? defaultValue) =>
        fixedValue is not null ? SimpleValue.Normalize(type, fixedValue).ToString()
        : values.For(type, name) ?? (defaultValue is null ? null : SimpleValue.Normalize(type, defaultValue).ToString());

    private void Json(SimpleType type, string? text, bool isNull)
    {
        if (text is not null)
        {
            Json(type, text);
            return;
        }

        if (!isNull)
        {
            failed = true;
            if (path.FirstOrDefault(optional.Contains) is { } omitted)
            {
                leftOut.Add(omitted);
            }
        }

        writer.WriteNullValue();
    }

    private void Json(SimpleType type, string text)
    {
        switch (type.JsonForm)
        {
            case JsonForm.Array:
                writer.WriteStartArray();
                foreach (var item in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                {
                    Json(type.ItemType!, item);
                }

                writer.WriteEndArray();
                break;
            case JsonForm.Boolean:
                writer.WriteBooleanValue(text is "true" or "1");
                break;
            case JsonForm.Number when text is not ("INF" or "-INF" or "NaN"):
                Span<char> token = stackalloc char[text.Length + 2];
                writer.WriteRawValue(token[..DecimalText.ToJsonToken(text, token)], skipInputValidation: true);
                break;
            default:
                writer.WriteStringValue(text);
                break;
        }
    }

    private static string Fragment(QualifiedName name) =>
        name.Namespace.Length == 0 ? $"<{name.Local}>1</{name.Local}>" : $"<s:{name.Local} xmlns:s=\"{name.Namespace}\">1</s:{name.Local}>";
}
