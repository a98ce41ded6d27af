"""STEP files (AP214) written by hand: a box, a cylinder, and an assembly of two boxes; in any length unit."""

from __future__ import annotations

from itertools import product

UNITS = ("mm", "m", "inch")


class _Writer:
    """Numbered entities, one a line."""

    def __init__(self, unit: str):
        self.lines: list[str] = []
        self.context = self._context(unit)
        application = self("APPLICATION_CONTEXT('automotive design')")
        self(f"APPLICATION_PROTOCOL_DEFINITION('international standard','automotive_design',2000,{application})")
        self.product_context = self(f"PRODUCT_CONTEXT('',{application},'mechanical')")
        self.definition_context = self(f"PRODUCT_DEFINITION_CONTEXT('part definition',{application},'design')")

    def __call__(self, text: str) -> str:
        self.lines.append(f"#{len(self.lines) + 1}={text};")
        return f"#{len(self.lines)}"

    def point(self, values) -> str:
        return self("CARTESIAN_POINT('',({}))".format(",".join(f"{float(value):.6f}" for value in values)))

    def direction(self, values) -> str:
        return self("DIRECTION('',({}))".format(",".join(f"{float(value):.6f}" for value in values)))

    def placement(self, origin=(0, 0, 0), z=(0, 0, 1), x=(1, 0, 0)) -> str:
        return self(f"AXIS2_PLACEMENT_3D('',{self.point(origin)},{self.direction(z)},{self.direction(x)})")

    def _context(self, unit: str) -> str:
        if unit == "m":
            length = self("(LENGTH_UNIT()NAMED_UNIT(*)SI_UNIT($,.METRE.))")
        else:
            length = self("(LENGTH_UNIT()NAMED_UNIT(*)SI_UNIT(.MILLI.,.METRE.))")
        if unit == "inch":
            exponents = self("DIMENSIONAL_EXPONENTS(1.,0.,0.,0.,0.,0.,0.)")
            measure = self(f"LENGTH_MEASURE_WITH_UNIT(LENGTH_MEASURE(25.4),{length})")
            length = self(f"(CONVERSION_BASED_UNIT('INCH',{measure})LENGTH_UNIT()NAMED_UNIT({exponents}))")
        angle = self("(NAMED_UNIT(*)PLANE_ANGLE_UNIT()SI_UNIT($,.RADIAN.))")
        solid = self("(NAMED_UNIT(*)SI_UNIT($,.STERADIAN.)SOLID_ANGLE_UNIT())")
        measure = f"LENGTH_MEASURE(1.E-07),{length},'distance_accuracy_value',''"
        uncertainty = self(f"UNCERTAINTY_MEASURE_WITH_UNIT({measure})")
        return self(
            f"(GEOMETRIC_REPRESENTATION_CONTEXT(3)GLOBAL_UNCERTAINTY_ASSIGNED_CONTEXT(({uncertainty}))"
            f"GLOBAL_UNIT_ASSIGNED_CONTEXT(({length},{angle},{solid}))REPRESENTATION_CONTEXT('',''))"
        )

    def definition(self, name: str, representation: str) -> str:
        """A product with that shape; returns its definition."""
        made = self(f"PRODUCT('{name}','{name}','',({self.product_context}))")
        formation = self(f"PRODUCT_DEFINITION_FORMATION('','',{made})")
        definition = self(f"PRODUCT_DEFINITION('design','',{formation},{self.definition_context})")
        shape = self(f"PRODUCT_DEFINITION_SHAPE('','',{definition})")
        self(f"SHAPE_DEFINITION_REPRESENTATION({shape},{representation})")
        return definition

    def solid(self, name: str, faces: list[str]) -> str:
        shell = self(f"CLOSED_SHELL('',({','.join(faces)}))")
        brep = self(f"MANIFOLD_SOLID_BREP('{name}',{shell})")
        return self(f"ADVANCED_BREP_SHAPE_REPRESENTATION('',({self.placement()},{brep}),{self.context})")

    def text(self) -> str:
        head = "ISO-10303-21;\nHEADER;\nFILE_DESCRIPTION((''),'2;1');\nFILE_NAME('','',(''),(''),'','','');\n"
        head += "FILE_SCHEMA(('AUTOMOTIVE_DESIGN { 1 0 10303 214 1 1 1 1 }'));\nENDSEC;\nDATA;\n"
        return head + "\n".join(self.lines) + "\nENDSEC;\nEND-ISO-10303-21;\n"


def _box(write: _Writer, name: str, size, origin) -> str:
    """The shape of a box from its lower corner and its edges."""

    def place(corner):
        return [origin[axis] + corner[axis] * size[axis] for axis in range(3)]

    vertices = {corner: write(f"VERTEX_POINT('',{write.point(place(corner))})") for corner in product((0, 1), repeat=3)}
    edges: dict[tuple, str] = {}

    def edge(a, b) -> str:
        if (b, a) in edges:
            return f"{edges[b, a]},.F."
        vector = write(f"VECTOR('',{write.direction([b[axis] - a[axis] for axis in range(3)])},1.)")
        line = write(f"LINE('',{write.point(place(a))},{vector})")
        edges[a, b] = write(f"EDGE_CURVE('',{vertices[a]},{vertices[b]},{line},.T.)")
        return f"{edges[a, b]},.T."

    faces = []
    for axis, side in product(range(3), (0, 1)):
        u, v = (axis + 1) % 3, (axis + 2) % 3
        if not side:
            u, v = v, u  # counter-clockwise from outside

        def corner(i, j, axis=axis, side=side, u=u, v=v):
            values = [0, 0, 0]
            values[axis], values[u], values[v] = side, i, j
            return tuple(values)

        loop = [corner(0, 0), corner(1, 0), corner(1, 1), corner(0, 1)]
        oriented = [
            write(f"ORIENTED_EDGE('',*,*,{edge(a, b)})") for a, b in zip(loop, loop[1:] + loop[:1], strict=True)
        ]
        bound = write(f"FACE_OUTER_BOUND('',{write(f'EDGE_LOOP({_QUOTES},({_join(oriented)}))')},.T.)")
        normal, along = [0, 0, 0], [0, 0, 0]
        normal[axis], along[u] = 1 if side else -1, 1
        plane = write(f"PLANE('',{write.placement(place(corner(0, 0)), normal, along)})")
        faces.append(write(f"ADVANCED_FACE('',({bound}),{plane},.T.)"))
    return write.solid(name, faces)


_QUOTES = "''"


def _join(items) -> str:
    return ",".join(items)


def box(name: str, size=(10, 20, 30), origin=(1, 2, 3), unit: str = "mm") -> str:
    """One part: a box of these edges from its lower corner."""
    write = _Writer(unit)
    write.definition(name, _box(write, name, size, origin))
    return write.text()


def cylinder(name: str, radius: float, height: float, unit: str = "mm") -> str:
    """One part: a cylinder about z that stands on z = 0."""
    write = _Writer(unit)
    low, high = (write(f"VERTEX_POINT('',{write.point((radius, 0, z))})") for z in (0, height))
    circles = []
    for vertex, z in ((low, 0), (high, height)):
        circle = write(f"CIRCLE('',{write.placement((0, 0, z))},{radius:.6f})")
        circles.append(write(f"EDGE_CURVE('',{vertex},{vertex},{circle},.T.)"))
    line = write(
        f"LINE('',{write.point((radius, 0, 0))},{write(f'VECTOR({_QUOTES},{write.direction((0, 0, 1))},1.)')})"
    )
    seam = write(f"EDGE_CURVE('',{low},{high},{line},.T.)")
    signs = [(circles[0], ".T."), (seam, ".T."), (circles[1], ".F."), (seam, ".F.")]
    oriented = [write(f"ORIENTED_EDGE('',*,*,{item},{sign})") for item, sign in signs]
    bound = write(f"FACE_OUTER_BOUND('',{write(f'EDGE_LOOP({_QUOTES},({_join(oriented)}))')},.T.)")
    wall = write(f"CYLINDRICAL_SURFACE('',{write.placement()},{radius:.6f})")
    faces = [write(f"ADVANCED_FACE('',({bound}),{wall},.T.)")]
    for circle, z, normal, sign in ((circles[0], 0, -1, ".F."), (circles[1], height, 1, ".T.")):
        loop = write(f"EDGE_LOOP('',({write(f'ORIENTED_EDGE({_QUOTES},*,*,{circle},{sign})')}))")
        bound = write(f"FACE_OUTER_BOUND('',{loop},.T.)")
        plane = write(f"PLANE('',{write.placement((0, 0, z), (0, 0, normal))})")
        faces.append(write(f"ADVANCED_FACE('',({bound}),{plane},.T.)"))
    write.definition(name, write.solid(name, faces))
    return write.text()


def assembly(name: str, parts, unit: str = "mm") -> str:
    """Boxes placed in an assembly: ``parts`` are (name, size, where its lower corner goes); each starts at 0."""
    write = _Writer(unit)
    own = write.placement()
    places = [write.placement(where) for _, _, where in parts]
    whole = write(f"SHAPE_REPRESENTATION('',({own},{_join(places)}),{write.context})")
    top = write.definition(name, whole)
    for (part, size, _), place in zip(parts, places, strict=True):
        shape = _box(write, part, size, (0, 0, 0))
        definition = write.definition(part, shape)
        usage = write(f"NEXT_ASSEMBLY_USAGE_OCCURRENCE('{part}','{part}','',{top},{definition},$)")
        occurrence = write(f"PRODUCT_DEFINITION_SHAPE('','',{usage})")
        moved = write(f"ITEM_DEFINED_TRANSFORMATION('','',{own},{place})")
        relation = write(
            f"(REPRESENTATION_RELATIONSHIP('','',{shape},{whole})"
            f"REPRESENTATION_RELATIONSHIP_WITH_TRANSFORMATION({moved})SHAPE_REPRESENTATION_RELATIONSHIP())"
        )
        write(f"CONTEXT_DEPENDENT_SHAPE_REPRESENTATION({relation},{occurrence})")
    return write.text()
