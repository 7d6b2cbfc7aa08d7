using System.Buffers;
using Tunduk.Xml;

namespace Tunduk.Adapter.Filtering;

/// <summary>
/// Applies a <see cref="FieldList"/> to the content of an operation element. The output is the source with ranges cut
/// out, so that what is listed leaves byte for byte as it came. Comments and processing instructions never pass,
/// text beside elements is a value of its element, an element or attribute in an unexpected namespace is unlisted.
/// </summary>
internal static class XmlFieldFilter
{
    public const string InstanceNamespace = "http://www.w3.org/2001/XMLSchema-instance";
    public const string SchemaNamespace = "http://www.w3.org/2001/XMLSchema";
    public const string EncodingNamespace = "http://schemas.xmlsoap.org/soap/encoding/";
    public const string IncludeNamespace = "http://www.w3.org/2004/08/xop/include";
    public const string EnvelopeNamespace = "http://schemas.xmlsoap.org/soap/envelope/";

    /// <summary>
    /// Writes the whole document that <paramref name="operation"/> stands in, filtered below that element; nothing is
    /// written when the result is a refusal.
    /// </summary>
    public static XmlFilterResult Apply(FieldList list, XmlElement operation, XmlNamespaceRule namespaces, IBufferWriter<byte> output) =>
        Apply(list, operation, namespaces, output, new XmlRange(0, operation.Tape.Source.Length));

    /// <summary>As <see cref="Apply(FieldList, XmlElement, XmlNamespaceRule, IBufferWriter{byte})"/>, for the element alone.</summary>
    public static XmlFilterResult ApplyToElement(FieldList list, XmlElement operation, XmlNamespaceRule namespaces, IBufferWriter<byte> output) =>
        Apply(list, operation, namespaces, output, operation.OuterRange);

    private static XmlFilterResult Apply(FieldList list, XmlElement operation, XmlNamespaceRule namespaces, IBufferWriter<byte> output, XmlRange part)
    {
        XmlFilterPass pass = new(list, namespaces, operation.Tape.Source.Span);
        try
        {
            XmlFilterResult result = pass.Run(operation);
            if (!result.Fields.IsRefused)
            {
                pass.Write(output, part);
            }

            return result;
        }
        finally
        {
            pass.Dispose();
        }
    }
}
