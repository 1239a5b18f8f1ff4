global using Xunit;

// Model's fact is the product's noun; xunit's is the attribute on a test.
global using FactAttribute = Xunit.FactAttribute;
