func.func @one(%q: tensor<?x?x?x64xf32>) -> tensor<?x?x?x64xf32> {
  return %q : tensor<?x?x?x64xf32>
}
func.func @two(%q: tensor<?x?x?x64xf32>) -> tensor<?x?x?x64xf32> {
  return %q : tensor<?x?x?x64xf32>
}
