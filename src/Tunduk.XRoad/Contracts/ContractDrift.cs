using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts;

/// <summary>Compares two contracts field by field (joining agreement, clause 3.2.2: descriptions are kept up to date).</summary>
public static class ContractDrift
{
    /// <summary>Changes from the contract in use to the served one. Operations only the served one has are told as new.</summary>
    public static IReadOnlyList<ContractChange> Compare(Contract inUse, Contract served)
    {
        List<ContractChange> changes = [.. inUse.Operations.SelectMany(operation => Compare(operation, served))];

        foreach (var operation in served.Operations)
        {
            if (!inUse.Operations.Any(o => o.ServiceCode == operation.ServiceCode && o.Version == operation.Version))
            {
                changes.Add(new ContractChange(ContractEffect.None, operation.ToString(), null, "", Phrases.Of("Contracts.NewOperation")));
            }
        }

        return changes;
    }

    /// <summary>Changes of one operation in use.</summary>
    public static IReadOnlyList<ContractChange> Compare(Operation inUse, Contract served)
    {
        if (served.Operations.FirstOrDefault(o => o.ServiceCode == inUse.ServiceCode && o.Version == inUse.Version) is not { } now)
        {
            var other = served.Operations.FirstOrDefault(o => o.ServiceCode == inUse.ServiceCode);
            return [new ContractChange(ContractEffect.Breaking, inUse.ToString(), null, "", other is null ? Phrases.Of("Contracts.OperationVanished") : Phrases.Of("Contracts.OnlyVersionServed", other.Version ?? "(none)"))];
        }

        var changes = new List<ContractChange>();
        if (inUse.SoapAction != now.SoapAction)
        {
            changes.Add(new ContractChange(ContractEffect.None, inUse.ToString(), null, "", Phrases.Of("Contracts.SOAPActionAnother")));
        }

        CompareSide(inUse, now, MessageSide.Request, changes);
        CompareSide(inUse, now, MessageSide.Response, changes);
        return changes;
    }

    private static void CompareSide(Operation before, Operation after, MessageSide side, List<ContractChange> changes)
    {
        var name = before.ToString();
        var (oldRoot, newRoot) = (before.Shape(side).Element, after.Shape(side).Element);
        if (oldRoot.Name != newRoot.Name)
        {
            changes.Add(new ContractChange(ContractEffect.Breaking, name, side, "", Phrases.Of("Contracts.MessageElementNow", newRoot.Name)));
        }

        CompareOrder(name, side, "", oldRoot.Type, newRoot.Type, changes);
        var old = Index(before.Fields(side));
        var now = Index(after.Fields(side));
        foreach (var (path, field) in old)
        {
            if (!now.TryGetValue(path, out var changed))
            {
                if (HasParent(path, now))
                {
                    changes.Add(new ContractChange(ContractEffect.Breaking, name, side, path, Phrases.Of("Contracts.FieldVanished")));
                }
            }
            else
            {
                CompareField(name, side, field, changed, changes);
                CompareOrder(name, side, path, field.Type, changed.Type, changes);
            }
        }

        foreach (var (path, field) in now)
        {
            if (!old.ContainsKey(path) && HasParent(path, old))
            {
                var effect = side == MessageSide.Request && field.Required ? ContractEffect.Breaking : ContractEffect.Unlisted;
                changes.Add(new ContractChange(effect, name, side, path, field.Required ? Phrases.Of("Contracts.NewRequiredField") : Phrases.Of("Contracts.NewOptionalField")));
            }
        }
    }

    private static void CompareField(string operation, MessageSide side, FieldNode before, FieldNode after, List<ContractChange> changes)
    {
        void Add(ContractEffect effect, string what) => changes.Add(new ContractChange(effect, operation, side, before.Path, what));

        // In a request what becomes stricter breaks us; in a response what becomes looser does.
        var request = side == MessageSide.Request;
        if (before.Required != after.Required)
        {
            Add(after.Required == request ? ContractEffect.Breaking : ContractEffect.None, after.Required ? Phrases.Of("Contracts.RequiredNow") : Phrases.Of("Contracts.OptionalNow"));
        }

        if (before.Nillable != after.Nillable)
        {
            Add(after.Nillable == request ? ContractEffect.None : ContractEffect.Breaking, after.Nillable ? Phrases.Of("Contracts.MayNilNow") : Phrases.Of("Contracts.MayNoLongerNil"));
        }

        if (before.Repeated != after.Repeated)
        {
            Add(ContractEffect.Breaking, after.Repeated ? Phrases.Of("Contracts.MayRepeatNowJson") : Phrases.Of("Contracts.NoLongerRepeatsJson"));
        }

        if (before.XmlName.Namespace != after.XmlName.Namespace)
        {
            Add(ContractEffect.Breaking, Phrases.Of("Contracts.NamespaceXml", Quoted(before.XmlName.Namespace), Quoted(after.XmlName.Namespace)));
        }

        if (before.Fixed != after.Fixed)
        {
            Add(ContractEffect.Breaking, Phrases.Of("Contracts.FixedValue", Quoted(before.Fixed), Quoted(after.Fixed)));
        }

        if (before.Default != after.Default)
        {
            Add(ContractEffect.Unlisted, Phrases.Of("Contracts.ValueEmpty", Quoted(before.Default), Quoted(after.Default)));
        }

        var (oldType, newType) = (Describe(before.Type), Describe(after.Type));
        if (oldType != newType)
        {
            Add(ContractEffect.Breaking, Phrases.Of("Contracts.Type", oldType, newType));
        }
    }

    // Order, grouping and numbers of what both have: XML is written in the old order, and the new reader refuses it.
    private static void CompareOrder(string operation, MessageSide side, string path, SchemaType before, SchemaType after, List<ContractChange> changes)
    {
        if (before is ComplexType old && after is ComplexType now)
        {
            var (was, becomes) = ContentOutline.Of(old, now);
            if (was != becomes)
            {
                changes.Add(new ContractChange(ContractEffect.Breaking, operation, side, path, Phrases.Of("Contracts.OrderGroupingNumberElements", was, becomes)));
            }
        }
    }

    private static string Quoted(string? text) => string.IsNullOrEmpty(text) ? "none" : $"'{text}'";

    private static Dictionary<string, FieldNode> Index(FieldTree tree)
    {
        var index = new Dictionary<string, FieldNode>(StringComparer.Ordinal);
        foreach (var field in tree.Enumerate())
        {
            index.TryAdd(field.Path, field);
        }

        return index;
    }

    /// <summary>Only the top of a vanished or new subtree is told.</summary>
    private static bool HasParent(string path, Dictionary<string, FieldNode> index)
    {
        var slash = path.LastIndexOf('/');
        return slash < 0 || index.ContainsKey(path[..slash]);
    }

    private static string Describe(SchemaType type)
    {
        if (type is ComplexType complex)
        {
            return complex.Content switch
            {
                ContentKind.Simple => Phrases.Of("Contracts.Value", Describe(complex.SimpleContent!)),
                ContentKind.Any or ContentKind.Json => Phrases.Of("Contracts.Anything"),
                _ => complex.ContentAsList ? Phrases.Of("Contracts.ListElements") : Phrases.Of("Contracts.Elements"),
            };
        }

        var simple = (SimpleType)type;
        var facets = simple.Facets;
        var parts = new List<string> { (simple.Variety == SimpleVariety.Atomic ? "" : Phrases.Of("Contracts.Of", simple.Variety)) + "xs:" + simple.BuiltIn };
        if (facets.Enumeration is { } values)
        {
            parts.Add(Phrases.Of("Contracts.OneOf", string.Join("|", values)));
        }

        parts.AddRange(facets.Patterns.Select(p => Phrases.Of("Contracts.Pattern", p)));
        AddBound(parts, "whiteSpace", simple.WhiteSpace);
        AddBound(parts, "length", facets.Length);
        AddBound(parts, "minLength", facets.MinLength);
        AddBound(parts, "maxLength", facets.MaxLength);
        AddBound(parts, "totalDigits", facets.TotalDigits);
        AddBound(parts, "fractionDigits", facets.FractionDigits);
        AddBound(parts, "min", facets.MinInclusive ?? facets.MinExclusive);
        AddBound(parts, "max", facets.MaxInclusive ?? facets.MaxExclusive);
        return string.Join(", ", parts);
    }

    private static void AddBound(List<string> parts, string name, object? value)
    {
        if (value is not null)
        {
            parts.Add(name + " " + value);
        }
    }
}
