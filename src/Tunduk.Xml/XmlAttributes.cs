using System.Collections;

namespace Tunduk.Xml;

/// <summary>The attributes of an element, namespace declarations left out; enumerating with <c>foreach</c> allocates nothing.</summary>
public readonly struct XmlAttributes : IEnumerable<XmlAttribute>
{
    private readonly XmlTape tape;
    private readonly int element;

    internal XmlAttributes(XmlTape tape, int element)
    {
        this.tape = tape;
        this.element = element;
    }

    /// <summary>Starts an enumeration.</summary>
    public Enumerator GetEnumerator() => new(tape, element);

    IEnumerator<XmlAttribute> IEnumerable<XmlAttribute>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Walks the attributes.</summary>
    public struct Enumerator : IEnumerator<XmlAttribute>
    {
        private readonly XmlTape tape;
        private readonly int first;
        private readonly int end;
        private int index;

        internal Enumerator(XmlTape tape, int element)
        {
            this.tape = tape;
            first = tape.Nodes[element].FirstAttribute;
            end = first + tape.Nodes[element].AttributeCount;
            index = first - 1;
        }

        /// <inheritdoc/>
        public readonly XmlAttribute Current => new(tape, index);

        readonly object IEnumerator.Current => Current;

        /// <inheritdoc/>
        public bool MoveNext()
        {
            do
            {
                index++;
            }
            while (index < end && tape.AttributeEntries[index].IsDeclaration);
            return index < end;
        }

        /// <inheritdoc/>
        public void Reset() => index = first - 1;

        /// <inheritdoc/>
        public readonly void Dispose()
        {
            // Nothing is held.
        }
    }
}
