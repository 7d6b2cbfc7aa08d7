using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts.OpenApi;

/// <summary>References inside one OpenAPI file. Nothing outside the file is read.</summary>
internal sealed class OpenApiReferences(OpenApiNode root, string file, FindingList findings)
{
    private const int MaxHops = 32;
    private Dictionary<OpenApiNode, List<OpenApiNode>>? heirs;

    /// <summary>Follows references to what is none; one that leads nowhere, to another file or in a circle is a finding, and the last one is given.</summary>
    public OpenApiNode Follow(OpenApiNode node)
    {
        for (var hops = 0; node["$ref"] is not null; hops++)
        {
            if (hops > MaxHops)
            {
                findings.Error("$ref", Phrases.Of("OpenApi.ReferencesFormCircle"), new SchemaLocation(file, node.Line));
                return node;
            }

            if (Target(node, say: true) is not { } target)
            {
                return node;
            }

            node = target;
        }

        return node;
    }

    /// <summary>What a node's reference names; null where it names nothing here.</summary>
    public OpenApiNode? Target(OpenApiNode node, bool say)
    {
        if (node["$ref"] is not { } reference)
        {
            return null;
        }

        var target = Find(reference.Text);
        if (target is null && say)
        {
            findings.Error("$ref", Phrases.Of("OpenApi.ReferenceLeadsOutsideFile"), new SchemaLocation(file, reference.Line));
        }
        else if (say && IsCircle(target!))
        {
            findings.Error("$ref", Phrases.Of("OpenApi.ReferencesFormCircle"), new SchemaLocation(file, reference.Line));
            return null;
        }

        return target;
    }

    /// <summary>The last part of a reference, decoded; null for no reference.</summary>
    public static string? NameOf(string? reference) => reference is null ? null : Decoded(reference[(reference.LastIndexOf('/') + 1)..]);

    /// <summary>A schema by its name among the components, or by reference, as a discriminator's mapping names it.</summary>
    public bool ByNameOrReference(string? text, OpenApiNode at, out OpenApiNode schema)
    {
        schema = (text is null ? null : root["components"]?["schemas"]?[text] ?? Find(text))!;
        if (schema is null)
        {
            findings.Error("discriminator", Phrases.Of("OpenApi.NamesSchemaFileDoes"), new SchemaLocation(file, at.Line));
            return false;
        }

        return true;
    }

    /// <summary>References to the named schemas that extend one by allOf, at any distance.</summary>
    public IEnumerable<OpenApiNode> Heirs(OpenApiNode parent)
    {
        if (heirs is null)
        {
            heirs = [];
            foreach (var (name, schema) in root["components"]?["schemas"]?.Members ?? [])
            {
                foreach (var part in (schema["allOf"]?.Items ?? []).Where(part => part["$ref"] is not null))
                {
                    if (Target(part, say: false) is { } extended)
                    {
                        if (!heirs.TryGetValue(extended, out var list))
                        {
                            heirs[extended] = list = [];
                        }

                        list.Add(OpenApiNode.Reference("#/components/schemas/" + name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal), schema.Line));
                    }
                }
            }
        }

        var seen = new HashSet<OpenApiNode> { parent };
        var pending = new Queue<OpenApiNode>([parent]);
        while (pending.TryDequeue(out var next))
        {
            foreach (var heir in heirs.GetValueOrDefault(next) ?? [])
            {
                if (Target(heir, say: false) is { } target && seen.Add(target))
                {
                    pending.Enqueue(target);
                    yield return heir;
                }
            }
        }
    }

    private bool IsCircle(OpenApiNode node)
    {
        for (var hops = 0; node["$ref"] is not null && node.Members!.Count == 1; hops++)
        {
            if (hops > MaxHops)
            {
                return true;
            }

            if (Find(node["$ref"]!.Text) is not { } next)
            {
                return false;
            }

            node = next;
        }

        return false;
    }

    private OpenApiNode? Find(string? reference)
    {
        if (reference?.StartsWith("#/", StringComparison.Ordinal) != true)
        {
            return null;
        }

        OpenApiNode? target = root;
        foreach (var part in reference[2..].Split('/'))
        {
            var name = Decoded(part);
            target = target?.Items is { } items ? (int.TryParse(name, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var index) && index < items.Count ? items[index] : null) : target?[name];
        }

        return target;
    }

    // A JSON Pointer in a URI fragment (RFC 6901 §6).
    private static string Decoded(string part) => Uri.UnescapeDataString(part).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
}
